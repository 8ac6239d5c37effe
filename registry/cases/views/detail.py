"""The page of a case: can we take the next step, safely?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation import moves, trail
from foundation.access import Permission, StaffRequest, requires, scope_from
from foundation.pages import RelayForm
from foundation.pages.reveals import opens
from registry.cases import rules, sections
from registry.cases.models import MatchCase
from registry.cases.queries import detail as asked
from registry.cases.queries import ringing, staff, standing
from registry.cases.states import CAN_BE_POSTPONED, OVER, RED_ZONE, CaseState
from registry.cases.views.common import REVEAL_REASONS, crumbs, may, seen_case
from registry.donors import grid
from registry.donors import queries as donors
from registry.donors.states import DonorState

P = Permission
SEEN_BY = (P.CASE_VIEW, P.CASE_CLEAR, P.CASE_CONTACT)


@requires(*SEEN_BY)
@require_GET
def detail(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a case, its donor masked; each view is written down."""
    case = seen_case(request, pk)
    trail.record("case.viewed", by=request.actor, at=request.at, object=case)
    return page(request, case)


@requires(*SEEN_BY)
@require_http_methods(["GET", "POST"])
def reveal(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the donor's name and number and the words of notes, once, for a reason that is written down."""
    case = seen_case(request, pk)
    if request.method == "GET":  # after a reload, or a login in between: masked again
        return redirect("cases:detail", pk=case.pk)
    if not opens(request, case, noun="case", reasons=dict(_reasons(case))):
        return redirect("cases:detail", pk=case.pk)
    return page(request, case, opened=True)


def page(
    request: StaffRequest, case: MatchCase, *, opened: bool = False, form: RelayForm | None = None
) -> HttpResponse:
    """Show the page of a case; a form that was refused says why on top of it."""
    context = _context(request, case, opened=opened) | {"form": form}
    status = 422 if form is not None and form.errors else 200
    return render(request, "registry/cases/detail.html", context, status=status)


def _context(request: StaffRequest, case: MatchCase, *, opened: bool) -> dict[str, Any]:
    steps = list(moves.steps_of(case))
    today = timezone.localdate(request.at)
    return {
        "case": case,
        "donor": case.donor,
        "short": case.short_number,
        "crumbs": crumbs(request, case),
        "grid": grid.spaced(case.donor.grid),
        "head": donors.head_of(case.donor, on=today),
        "open": opened,
        "reasons": _reasons(case),
        "way": standing.way(case, steps),
        "history": asked.history_of(case, steps, opened=opened),
        "sections": sections.shown_to(request, case),
        "in_red_zone": case.state in RED_ZONE,
        "ring": _to_ring(request, case),
        "is_over": case.state in OVER,
        "asked": asked.second_person_asked(case, at=request.at),
        "sees_patient": may(request, case, P.CASE_VIEW),
        **_clocks(request, case, standing.Clocks(today)),
        **_next(request, case),
        **_acts(request, case),
    }


def _clocks(request: StaffRequest, case: MatchCase, counted: standing.Clocks) -> dict[str, Any]:
    """Return the clocks of a case, and the donor's other matches, each with its own."""
    others = asked.others_of(case, scope=request.scope) if may(request, case, P.CASE_VIEW) else []
    goes_on = case.state not in OVER
    return {
        "clock": counted.of(case) if goes_on else None,
        "reservation": counted.reservation(case) if goes_on and case.due_on else None,
        "others": [
            (one, one.short_number, counted.reservation(one) if one.due_on else None) for one in others
        ],
    }


def _to_ring(request: StaffRequest, case: MatchCase) -> list[ringing.ToRing]:
    """Return whom to ring once conditioning has begun, for who may know the patient's side."""
    if case.state not in RED_ZONE or not may(request, case, P.CASE_VIEW):
        return []
    return ringing.to_ring(case, donors=scope_from(request.roles, P.DONOR_VIEW))


def _next(request: StaffRequest, case: MatchCase) -> dict[str, Any]:
    """Return the next step, its button, and whether the reader may press it."""
    ahead = standing.what_is_ahead(case, by=request.actor, at=request.at)
    if ahead is None:
        return {"ahead": None}
    step = ahead.step
    if step.page:
        url = reverse(step.page, args=[case.pk])
    elif case.state == CaseState.POSTPONED:
        url = reverse("cases:resume", args=[case.pk])
    else:
        url = reverse("cases:advance", args=[case.pk, step.move])
    return {"ahead": ahead, "next_url": url, "may_step": may(request, case, *ahead.permissions)}


def _acts(request: StaffRequest, case: MatchCase) -> dict[str, Any]:
    works = may(request, case, *rules.WORK)
    goes_on = case.state not in OVER
    today = timezone.localdate(request.at)
    left_behind = case.owner_id is None or case.pk in staff.without_the_right([case], on=today)
    is_theirs = request.staff.pk in {case.owner_id, case.patient_officer_id}
    more = [
        (works and goes_on, "cases:people", _("Who looks after it")),
        (works and case.state in CAN_BE_POSTPONED, "cases:postpone", _("Postpone…")),
        (works and goes_on, "cases:extend", _("Extend the reservation…")),
        (may(request, case, *rules.CONTACT), "cases:note", _("Write a note")),
        (works and goes_on, "cases:close", _("Close the match…")),
    ]
    return {
        "can_work": works,
        "left_behind": goes_on and left_behind,
        "can_take": goes_on and left_behind and not is_theirs and may(request, case, *_owning(case, request)),
        "can_withdraw": _may_still_withdraw(request, case),
        "more": [(reverse(name, args=[case.pk]), words) for given, name, words in more if given],
    }


def _owning(case: MatchCase, request: StaffRequest) -> tuple[Permission, ...]:
    """Return the rights by which the reader could take the case: who only makes contact takes none."""
    return staff.owns_by(case) if request.holds(P.CASE_WORK) else ()


def _may_still_withdraw(request: StaffRequest, case: MatchCase) -> bool:
    """Return whether the donor's word can be taken: at any moment, from anybody who may see the donor."""
    gone = {DonorState.WITHDRAWN, DonorState.DECEASED, DonorState.TRANSFERRED}
    return case.donor.state not in gone and request.holds(P.PERSON_STOP) and may(request, case, P.DONOR_VIEW)


def _reasons(case: MatchCase) -> list[tuple[str, Any]]:
    """Return the reasons that open the donor; of who has left, the person's own rights alone."""
    if not case.donor.is_gone:
        return REVEAL_REASONS
    return [(code, words) for code, words in REVEAL_REASONS if code == "rights"]
