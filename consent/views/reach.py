"""What of a list the reader may see: a donor's consents where they may see donors, a family's likewise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.access import Permission, StaffRequest, scope_from
from foundation.vault import Capacity, Subject

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

Rows = TypeVar("Rows", bound=Any)
_OF_FAMILIES = (Capacity.GIVER, Capacity.RELATIVE)
_OFFERED: list[tuple[str, StrPromise, str, Permission]] = []


def offer(name: str, words: StrPromise, *, url_name: str, permission: Permission) -> None:
    """Let a room above stand among the places of this one: another way to bring scans."""
    _OFFERED.append((name, words, url_name, permission))


def within(request: StaffRequest, rows: Rows, *, person: str = "subject__") -> Rows:
    """Return the rows about people whom the reader may see. Source: domain.md section 1, "never sees"."""
    column, capacity = f"{person}branch_path", f"{person}capacity"
    donors = scope_from(request.roles, Permission.DONOR_VIEW).q(column)
    families = scope_from(request.roles, Permission.FAMILY_VIEW).q(column)
    papers = scope_from(request.roles, Permission.CONSENT_VERIFY).q(column)  # a second person's
    seen = (
        Q(**{capacity: Capacity.DONOR}) & donors
        | Q(**{f"{capacity}__in": _OF_FAMILIES}) & (families | papers)
        | ~Q(**{f"{capacity}__in": (Capacity.DONOR, *_OF_FAMILIES)})
    )
    return rows.visible_to(request.scope).filter(seen)  # type: ignore[no-any-return]


def person_or_404(request: StaffRequest, pk: Any) -> Subject:
    """Return a person whom the reader may see."""
    seen = within(request, Subject.objects.select_related("branch"), person="")
    person: Subject = get_object_or_404(seen, pk=pk)
    return person


def places(request: StaffRequest) -> list[dict[str, str]]:
    """Return the pages of this room that the reader may open."""
    every = [
        ("missing", _("Scans to bring"), Permission.CONSENT_RECORD),
        ("verify", _("To verify"), Permission.CONSENT_VERIFY),
        ("texts", _("Texts"), Permission.CONSENT_PUBLISH),
    ]
    own = [(name, words, f"consent:{name}", permission) for name, words, permission in every]
    return [
        {"name": name, "words": str(words), "url": reverse(url_name)}
        for name, words, url_name, permission in [*own, *_OFFERED]
        if request.holds(permission)
    ]
