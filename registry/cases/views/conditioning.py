"""The point of no return: everything that must be true, the first person's word, and the second's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import approvals, moves
from foundation.access import Permission, Role, StaffRequest, named, requires
from foundation.approvals import Approval
from foundation.desk.naming import Names
from foundation.pages import Attempt, RelayForm
from registry.cases import actions, mends, rules
from registry.cases.models import MatchCase
from registry.cases.queries import staff
from registry.cases.queries.detail import second_person_asked
from registry.cases.queries.hospital import donor_code
from registry.cases.queries.standing import rule_of
from registry.cases.states import CaseState
from registry.cases.views.common import crumbs, seen_case

P = Permission


@requires(P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def condition(request: StaffRequest, pk: UUID) -> HttpResponse:
    """
    Show everything that must be true, and take the word of the first or of the second person.

    Who comes first asks; who comes next confirms, and every guard is asked again at that moment.
    """
    case = seen_case(request, pk)
    asked = second_person_asked(case, at=request.at)
    form = RelayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            words = _speak(request, case, asked)
        if attempt.ok:
            messages.success(request, words)
            return redirect("cases:detail", pk=case.pk)
    status = 422 if form.errors else 200
    context = _context(request, case, asked, form)
    return render(request, "registry/cases/condition.html", context, status=status)


def _speak(request: StaffRequest, case: MatchCase, asked: Approval | None) -> str:
    """Ask as the first person, or confirm as the second; the button says which of them was pressed."""
    if request.POST.get("answer") != "second":
        actions.ask_conditioning(case, by=request.actor, at=request.at)
        return _("You have confirmed. A second person must confirm now; until then nothing has begun.")
    if asked is None:
        raise moves.Refused([_("Nobody asks for a second person at present.")])
    approvals.decide(asked, yes=True, by=request.actor, at=request.at)
    return _("Conditioning has begun. From here on this donor's cells are the patient's life.")


def _context(
    request: StaffRequest, case: MatchCase, asked: Approval | None, form: RelayForm
) -> dict[str, Any]:
    stands_here = case.state == CaseState.SCHEDULED
    missing = actions.missing_before_asking(case, by=request.actor, at=request.at) if stands_here else []
    sentences = [
        guard.sentence
        for guard in (rule_of(case, "condition").guards if stands_here else ())
        if guard is not rules.SECOND_PERSON
    ]
    return {
        "case": case,
        "short": case.short_number,
        "donor_code": donor_code(case),
        "crumbs": crumbs(request, case, _("Conditioning")),
        "form": form,
        "needs": mends.needs(case, sentences, missing),
        "stands_here": stands_here,
        "missing": missing,
        "uncalled": stands_here and not _hospital_can_be_called(case, on=timezone.localdate(request.at)),
        "asked": asked,
        "first": Names.of([asked.by_id])[asked.by_id] if asked else "",
        "is_first": asked is not None and asked.by_id == str(request.staff.pk),
        "can_answer": asked is not None and approvals.may_decide(asked, by=request.actor, at=request.at),
        "lapses_at": lapses_at(case, at=request.at),
    }


def _hospital_can_be_called(case: MatchCase, *, on: date) -> bool:
    """Return whether somebody of the transplant hospital is named on the case, and so is paged."""
    there = staff.at_hospital(case.transplant_hospital, Role.TRANSPLANT_HOSPITAL, on=on)
    return bool({one.pk for one in there} & {one.pk for one in named.staff_on(case)})


def lapses_at(case: MatchCase, *, at: datetime) -> datetime | None:
    """Return until which minute the last talk with the donor counts; None where it counts no more."""
    if case.last_reached_at is None:
        return None
    until = case.last_reached_at + timedelta(hours=settings.REACHED_HOURS)
    return until if until >= at else None


def leads_to(approval: Approval) -> str:
    """Return the page to look at before answering."""
    return reverse("cases:condition", args=[approval.object_id])


def describe(approval: Approval) -> str:
    """Say of which match, by codes, and for which day conditioning is planned."""
    case = MatchCase.objects.select_related("donor", "patient").filter(pk=approval.object_id).first()
    if case is None:
        return ""
    day = case.conditioning_on.isoformat() if case.conditioning_on else "—"
    words = _("Match %(case)s: donor %(donor)s, patient %(patient)s, conditioning on %(day)s")
    facts = {"case": case.short_number, "donor": donor_code(case), "patient": case.patient.code, "day": day}
    return words % facts
