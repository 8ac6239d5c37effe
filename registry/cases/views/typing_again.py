"""Typing again: the sample, the laboratory's word, the hospital's decision."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import moves
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.cases import actions
from registry.cases.forms import typing_again as forms
from registry.cases.hospitals import WANTED
from registry.cases.models import MatchCase
from registry.cases.outcomes import OtherReason
from registry.cases.queries import hospital as asked
from registry.cases.states import CaseState
from registry.cases.views.common import act_page, seen_case
from registry.cases.views.facts import done, not_from_here, taken_in

P = Permission
S = CaseState


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def sample(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down the blood that was taken for typing again."""
    case = seen_case(request, pk)
    form = forms.Sample(request.POST if request.method == "POST" else None)
    return taken_in(
        request,
        case,
        form,
        actions.take_sample,
        _("Written down. Next the sample goes to the laboratory."),
        title=_("Sample for typing again"),
        press=_("Write down"),
        missing=_missing(request, case, "take_sample"),
    )


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def result(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down what the laboratory found: confirmed, or a mismatch that ends the match."""
    case = seen_case(request, pk)
    form = forms.Result(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        confirmed = form.cleaned_data["found"] == "confirmed"
        with Attempt(request, form) as attempt:
            if confirmed:
                actions.confirm_match(case, confirmed=True, by=request.actor, at=request.at)
            else:
                actions.end_at(case, S.HR_LAB, outcome=OtherReason.MM, by=request.actor, at=request.at)
        if attempt.ok:
            words = _("The match is confirmed.") if confirmed else _("The match is closed: mismatch.")
            return done(request, case, words)
    missing = _missing(request, case, "confirm_match")
    return act_page(
        request, case, form, title=_("What the laboratory found"), press=_("Write down"), missing=missing
    )


@requires(P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def decision(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down whether the transplant hospital wants this donor; without it the match ends."""
    case = seen_case(request, pk)
    form = forms.Decision(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["decided"] == "wanted"
        with Attempt(request, form) as attempt:
            if wanted:
                actions.start_work_up(case, decided=True, by=request.actor, at=request.at)
            else:
                outcome = form.cleaned_data["reason"]
                actions.end_at(case, S.TC_DECISION, outcome=outcome, by=request.actor, at=request.at)
        if attempt.ok:
            return done(request, case, _("The work-up begins.") if wanted else _("The match is closed."))
    return act_page(
        request,
        case,
        form,
        title=_("What the hospital decided"),
        explained=_hospital_said(case),
        press=_("Write down"),
        missing=_missing(request, case, "start_work_up"),
    )


def _missing(request: StaffRequest, case: MatchCase, move: str) -> list[str | Promise]:
    missing = moves.missing(case, move, by=request.actor, at=request.at)
    return not_from_here(move, case) if missing is None else missing


def _hospital_said(case: MatchCase) -> str:
    said = asked.decision_of(case)
    if said is None:
        return _("The hospital has not written its decision here itself. Enter what it told you.")
    if said.code == WANTED:
        return _("The hospital itself wrote: it wants this donor.")
    return _("The hospital itself wrote: it does not want this donor.")
