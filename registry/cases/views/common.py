"""What the views of this room share: whom one may see, breadcrumbs, the page of a single act."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.access import Permission, StaffRequest, scope_from
from foundation.pages import RelayForm
from registry.cases import rules, sides
from registry.cases.models import MatchCase
from registry.cases.outcomes import Side
from registry.cases.querysets import MatchCaseQuerySet
from registry.cases.states import BOARD, CaseState
from registry.donors import queries as donors
from registry.donors.models import Donor

P = Permission
REVEAL_REASONS: Final = [
    ("reach", gettext_lazy("To reach the donor")),
    ("identify", gettext_lazy("To check who stands before me")),
    ("hospital", gettext_lazy("For admission and collection")),
    ("rights", gettext_lazy("They ask about their own data")),
]
SEES_ALL_OF_IT: Final = (P.CASE_VIEW, P.CASE_CLEAR, P.CASE_ACCOMPANY, P.CASE_FACTS)
IN_CONTACT: Final = BOARD["contact"][1]


def seen_cases(request: StaffRequest) -> MatchCaseQuerySet:
    """
    Return the cases of the request's scope.

    Who only makes contact (coordinators) sees those in the contact stage; of others there is none. A
    right that somebody has elsewhere, or on a match they are named on, opens no more than there.
    """
    cases = MatchCase.objects.visible_to(request.scope)
    wholly = [scope_from(request.roles, permission) for permission in SEES_ALL_OF_IT]
    if not request.holds(P.CASE_CONTACT):
        return cases if any(wholly) else cases.none()
    seen = Q(state__in=IN_CONTACT)
    for scope in filter(None, wholly):
        seen |= cases.within(scope)
    return cases.filter(seen)


def seen_case(request: StaffRequest, pk: UUID) -> MatchCase:
    """Return a case of the request's scope, with its people; a foreign one is a missing one."""
    with_people = seen_cases(request).select_related(
        "donor__subject",
        "donor__service_branch",
        "patient",
        "owner",
        "patient_officer",
        "companion",
        "transplant_hospital",
        "collection_hospital",
    )
    return get_object_or_404(with_people, pk=pk)


def may(request: StaffRequest, case: MatchCase | Donor, *permissions: Permission) -> bool:
    """Return whether the reader holds one of these rights where a donor, or that of a case, stands."""
    scopes = [scope_from(request.roles, permission) for permission in permissions]
    return any(scope.covers(path) for scope in scopes for path in case.branch_paths)


def given_cases(request: StaffRequest) -> MatchCaseQuerySet:
    """Return the cases of the request's scope that ended with the donation."""
    return MatchCase.objects.visible_to(request.scope).filter(state=CaseState.DONATED)


def works(request: StaffRequest) -> bool:
    """Return whether the reader works on cases, and does not only accompany or look."""
    return any(map(request.holds, rules.WORK))


def crumbs(request: StaffRequest, case: MatchCase | None = None, *more: str) -> list[tuple[str, str]]:
    """Return the breadcrumbs of a case's pages: its number, never a name."""
    board = reverse("cases:list") if request.holds(P.CASE_VIEW) else ""
    found = [(_("Cases"), board)] if board or case is None else []
    if case is not None:
        found.append((case.short_number, reverse("cases:detail", args=[case.pk]) if more else ""))
    return [*found, *((words, "") for words in more)]


def act_page(
    request: StaffRequest,
    case: MatchCase,
    form: RelayForm | None,
    *,
    title: str,
    explained: str | Promise = "",
    press: str | Promise = "",
    danger: bool = False,
    side: Side | None = None,
    **more: Any,
) -> HttpResponse:
    """
    Show the page of one act on a case: what it means, what is missing, what is asked, the one button.

    :param side: whose act it is; who looks after the other side is told so, and reads nothing here.
    :param more: may have ``missing`` (sentences, or needs with links: the button is dead), ``template``.
    """
    status = 422 if form is not None and form.errors else 200
    if side is not None and (against := sides.stands_against(case, side, by=request.actor)):
        status = 422 if request.method == "POST" else 200
        form, explained, more = (
            RelayForm(),
            "",
            {"missing": against, "others": True, "back": more.get("back", "")},
        )
    context = {
        "case": case,
        "name": donors.masked_names([case.donor])[0],
        "short": case.short_number,
        "form": form,
        "title": title,
        "explained": explained,
        "press": press or title,
        "danger": danger,
        "crumbs": crumbs(request, case, title),
        **more,
    }
    return render(request, more.get("template", "registry/cases/act.html"), context, status=status)
