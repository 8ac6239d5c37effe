"""What the views of this room share: whom one may see, breadcrumbs, the page of a single act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import pages
from foundation.access import Permission, Scope, StaffRequest, scope_from
from foundation.pages import RelayForm
from registry.families import queries
from registry.families.models import Family, Giver, Member

REVEAL_REASONS: Final = [
    ("reach", gettext_lazy("To reach this family")),
    ("visit", gettext_lazy("For a visit")),
    ("correct", gettext_lazy("To correct their record")),
    ("rights", gettext_lazy("They ask about their own data")),
]


def seen_family(request: StaffRequest, pk: UUID) -> Family:
    """
    Return a household of the request's scope.

    ``PERSON_STOP`` is held by roles that never see families: where one holds no more, there is no
    such household.
    """
    families = Family.objects.visible_to(request.scope).visible_to(where_seen(request))
    return get_object_or_404(families.select_related("giver__subject", "branch", "officer"), pk=pk)


def seen_member(request: StaffRequest, pk: UUID) -> Member:
    """Return one of a household of the request's scope."""
    members = Member.objects.visible_to(request.scope).visible_to(where_seen(request))
    return get_object_or_404(
        members.select_related("subject", "family__giver__subject", "family__branch"), pk=pk
    )


def seen_giver(request: StaffRequest, pk: UUID) -> Giver:
    """Return one who gave, of the request's scope."""
    givers = Giver.objects.visible_to(request.scope)
    return get_object_or_404(givers.select_related("subject", "branch"), pk=pk)


def where_seen(request: StaffRequest) -> Scope:
    """Return where one sees families, whatever right let one in."""
    return scope_from(request.roles, Permission.FAMILY_VIEW)


def crumbs(family: Family | None = None, *more: str) -> list[tuple[str, str]]:
    """Return the breadcrumbs of a family's pages: the number, never the name."""
    found = [(_("Families"), reverse("families:list"))]
    if family is not None:
        found.append((family.short, reverse("families:detail", args=[family.pk]) if more else ""))
    return [*found, *((words, "") for words in more)]


def pressed(
    request: StaffRequest, act: Callable[..., object], thing: Family | Member, words: str
) -> HttpResponse:
    """Do what a button of the family's page stands for, and return to it."""
    family_id = thing.family_id if isinstance(thing, Member) else thing.pk
    return pages.pressed(request, act, thing, words, to=reverse("families:detail", args=[family_id]))


def act_page(
    request: StaffRequest,
    family: Family,
    form: RelayForm | None,
    *,
    title: str,
    explained: str | Promise = "",
    danger: bool = False,
    **more: Any,
) -> HttpResponse:
    """Show the page of one act on a household: what it means, what is asked, the one button."""
    context = {
        "family": family,
        "name": queries.masked_names([family.giver])[0],
        "form": form,
        "title": title,
        "explained": explained,
        "danger": danger,
        "crumbs": crumbs(family, title),
        **more,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, more.get("template", "registry/families/act.html"), context, status=status)
