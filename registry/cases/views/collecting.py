"""Collection, adverse events, hand-over by two, arrival, and the donation itself."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import moves
from foundation.access import Permission, StaffRequest, requires
from foundation.desk.naming import Names
from registry.cases import actions, cells
from registry.cases.forms import collecting as forms
from registry.cases.forms.facts import FactForm
from registry.cases.hospitals import Hospital
from registry.cases.models import MatchCase
from registry.cases.outcomes import Side
from registry.cases.queries import closing
from registry.cases.queries import hospital as asked
from registry.cases.states import CaseState
from registry.cases.views.common import seen_case
from registry.cases.views.facts import case_for, not_from_here, only_in, taken_in

P = Permission
S = CaseState


@requires(P.CASE_DECIDE, P.CASE_FACTS)
@require_http_methods(["GET", "POST"])
def collection(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down one day of collection; the same day again is a correction."""
    case = case_for(request, pk, or_of=Hospital.COLLECTION)
    known = {"on": timezone.localdate(request.at)}
    form = forms.Day(request.POST if request.method == "POST" else None, initial=known)
    return taken_in(
        request,
        case,
        form,
        actions.record_day,
        _("Written down."),
        title=_("A day of collection"),
        side=Side.DONOR,
        explained=_("A day that stands already is corrected by entering it again."),
        press=_("Write down"),
        missing=only_in(case, S.COLLECTING),
    )


@requires(P.CASE_WORK, P.CASE_FACTS)
@require_http_methods(["GET", "POST"])
def adverse(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down what did the donor harm."""
    case = case_for(request, pk, or_of=Hospital.COLLECTION)
    known = {"on": timezone.localdate(request.at)}
    form = forms.Adverse(request.POST if request.method == "POST" else None, initial=known)
    return taken_in(
        request,
        case,
        form,
        actions.record_adverse_event,
        _("Written down. A serious event must be reported upward."),
        title=_("An adverse event"),
        press=_("Write down"),
        other=_none_of_it(case),
    )


def _none_of_it(case: MatchCase) -> tuple[str, str] | None:
    """Return where one says that nothing did the donor harm, as long as that can be said."""
    if case.state != S.COLLECTING or not asked.harm_is_to_be_asked(case):
        return None
    return reverse("cases:no-harm", args=[case.pk]), _("No adverse event")


@requires(P.CASE_WORK, P.CASE_FACTS)
@require_http_methods(["GET", "POST"])
def no_harm(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that nothing did the donor harm: the cells leave with a word on it, one way or the other."""
    case = case_for(request, pk, or_of=Hospital.COLLECTION)
    form = FactForm(request.POST if request.method == "POST" else None)
    return taken_in(
        request,
        case,
        form,
        actions.record_no_harm,
        _("Written down."),
        title=_("No adverse event"),
        side=Side.DONOR,
        explained=_("Ask the donor and who cared for them. What comes later is entered as an adverse event."),
        press=_("I have asked, and there was none"),
        missing=only_in(case, S.COLLECTING) or actions.missing_for_no_harm(case),
    )


@requires(P.CASE_WORK, P.CASE_FACTS)
@require_http_methods(["GET", "POST"])
def hand_over(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Check the label as the first person, and write down bags, courier and temperature."""
    case = case_for(request, pk, or_of=Hospital.COLLECTION)
    if request.method == "GET" and "anew" not in request.GET and _waits_for_me(request, case):
        return redirect("cases:hand-over-second", pk=case.pk)
    form = forms.FirstCheck(request.POST if request.method == "POST" else None)
    return taken_in(
        request,
        case,
        form,
        actions.begin_hand_over,
        _("Checked once. A second person must check the label too."),
        title=_("Label and courier"),
        explained=_("What the label must say: donor %(donor)s, patient %(patient)s.")
        % {"donor": asked.donor_code(case), "patient": case.patient.code},
        press=_("I have checked it"),
        missing=only_in(case, S.COLLECTING),
    )


@requires(P.CASE_WORK, P.CASE_FACTS)
@require_http_methods(["GET", "POST"])
def hand_over_second(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Check the label as the second person."""
    case = case_for(request, pk, or_of=Hospital.COLLECTION)
    form = forms.SecondCheck(request.POST if request.method == "POST" else None)
    made = asked.hand_over_of(case)
    words = _("What the label must say: donor %(donor)s, patient %(patient)s.") % {
        "donor": asked.donor_code(case),
        "patient": case.patient.code,
    }
    if made is not None:
        words += " " + _("Checked first by %(name)s.") % {"name": Names.of([made.by_id])[made.by_id]}
    return taken_in(
        request,
        case,
        form,
        actions.confirm_hand_over,
        _("Checked by two people."),
        title=_("Check the label, as the second person"),
        explained=words,
        press=_("I have checked it too"),
        other=(f"{reverse('cases:hand-over', args=[case.pk])}?anew", _("It is not right: enter it anew")),
        missing=only_in(case, S.COLLECTING),
    )


def _waits_for_me(request: StaffRequest, case: MatchCase) -> bool:
    """Return whether somebody else has checked the label, and a second person is to check it too."""
    made = asked.hand_over_of(case)
    return made is not None and made.second_at is None and made.by_id != request.actor.id


@requires(P.CASE_WORK, P.CASE_FACTS)
@require_http_methods(["GET", "POST"])
def arrival(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down when the cells arrived at the transplant hospital."""
    case = case_for(request, pk, or_of=Hospital.TRANSPLANT)
    form = forms.Arrival(request.POST if request.method == "POST" else None)
    return taken_in(
        request,
        case,
        form,
        actions.record_arrival,
        _("Written down."),
        title=_("The cells have arrived"),
        side=Side.PATIENT,
        press=_("Write down"),
        missing=[] if cells.arrival_can_be_entered(case) else only_in(case, S.HANDED_OVER),
    )


@requires(P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def donate(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record the donation: what it means for the donor, and the one button."""
    case = seen_case(request, pk)
    form = FactForm(request.POST if request.method == "POST" else None)
    missing = moves.missing(case, "donate", by=request.actor, at=request.at)
    explained = _("From now on the donor is followed, for ten years. No other match can ask for them.")
    return taken_in(
        request,
        case,
        form,
        actions.donate,
        _("The donation is recorded. Now we look after the donor."),
        title=_("Record the donation"),
        explained=f"{explained} {closing.follows_a_donation(case)}".strip(),
        missing=not_from_here("donate", case) if missing is None else missing,
    )
