"""The hospitals' own pages: the matches on which one is named, by codes; each enters only its facts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent import actions as consents
from consent.purposes import Purpose
from foundation import moves, trail, vault
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from foundation.pages.reveals import within_hour
from registry.cases import cells, fitness
from registry.cases.hospitals import Hospital, side_of
from registry.cases.models import MatchCase
from registry.cases.queries import hospital as asked
from registry.cases.states import FROM_WORK_UP, RED_ZONE, CaseState
from registry.cases.views.common import seen_case

P = Permission
S = CaseState
PAGES: Final = {
    Hospital.TRANSPLANT: "registry/cases/hospital_transplant.html",
    Hospital.COLLECTION: "registry/cases/hospital_collection.html",
}
NAME: Final = ("name", "sex", "born_on")  # what a look at the admitted donor shows


class NotAdmitted(moves.Refused):
    """The hospital learns the name from the work-up on, and not after the match has ended."""


@requires(P.CASE_FACTS)
@require_GET
def cases(request: StaffRequest) -> HttpResponse:
    """List the matches on which one is named for one's hospital."""
    return render(request, "registry/cases/hospital_list.html", {"rows": asked.cases_of(request)})


@requires(P.CASE_FACTS)
@require_GET
def case(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one match to a hospital: codes, dates, and what it enters itself."""
    found, side = _mine(request, pk)
    trail.record("case.viewed", by=request.actor, at=request.at, object=found)
    return render(request, PAGES[side], _context(request, found, side))


@requires(P.CASE_FACTS)
@require_http_methods(["GET", "POST"])
def name(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the hospital that collects whom it admits, once; each look is a line in the disclosure ledger."""
    found, side = _mine(request, pk)
    if side != Hospital.COLLECTION:
        raise Http404
    if request.method == "GET":  # after a reload, or a login in between: gone again
        return redirect("cases:hospital-case", pk=found.pk)
    if not within_looks(request, found):
        trail.refused("case.reveal_refused", by=request.actor, at=request.at, object=found, reason="limit")
        messages.error(request, _("That is many looks in one hour. Please go on later."))
        return redirect("cases:hospital-case", pk=found.pk)
    with Attempt(request) as attempt:
        _disclose(request, found)
    if not attempt.ok:
        return redirect("cases:hospital-case", pk=found.pk)
    context = _context(request, found, side) | {"who": vault.open_one(found.donor, "name")["name"]}
    return render(request, PAGES[side], context)


def within_looks(request: StaffRequest, case: MatchCase) -> bool:
    """Count one look of this hospital in this hour, and return whether it is still allowed."""
    key = f"cases.looks.{case.collection_hospital_id}"
    return within_hour(key, at=request.at, most=settings.CASE_FACTS_PER_HOUR)


def _mine(request: StaffRequest, pk: UUID) -> tuple[MatchCase, Hospital]:
    found = seen_case(request, pk)
    side = side_of(found, request.actor)
    if side is None:
        raise Http404
    return found, side


def _disclose(request: StaffRequest, case: MatchCase) -> None:
    """Ask the gate for this very match, and write down what the hospital learns."""
    if not knows_the_name(case, on=timezone.localdate(request.at)):
        words = _(
            "The name is shown from the work-up on, until the match has ended or %(days)s days after it."
        )
        raise NotAdmitted([words % {"days": settings.DONATED_NAMES_DAYS}])
    hospital = case.collection_hospital
    consents.disclose(
        [case.donor.subject_id],
        to=hospital.name if hospital else "",
        fields=NAME,
        purpose=Purpose.SHARE_HOSPITAL,
        matter=str(case.pk),
        branch=hospital,
        about=case,
        by=request.actor,
        at=request.at,
    )


def knows_the_name(case: MatchCase, *, on: date) -> bool:
    """
    Return whether the hospital that collects may learn the name on a day.

    After the collection it may until the blood count of day 30.

    Source: docs/decisions/0013-two-sides-and-when-they-part.md
    """
    if case.state == S.DONATED:
        return case.donated_on is not None and on - case.donated_on <= timedelta(
            days=settings.DONATED_NAMES_DAYS
        )
    return case.stands_at in FROM_WORK_UP and case.state != S.CLOSED


def _context(request: StaffRequest, case: MatchCase, side: Hospital) -> dict[str, Any]:
    context: dict[str, Any] = {
        "case": case,
        "short": case.short_number,
        "donor_code": asked.donor_code(case),
        "crumbs": [(_("Cases of your hospital"), reverse("cases:hospital")), (case.short_number, "")],
        "in_red_zone": case.state in RED_ZONE,
        "closed": case.state == S.CLOSED,
        "closed_in_red_zone": case.state == S.CLOSED and case.closed_from in RED_ZONE,
        "hand_over": asked.hand_over_of(case),
    }
    if side == Hospital.TRANSPLANT:
        return context | {
            "decision": asked.decision_of(case),
            "transfusion": asked.transfusion_of(case),
            "asks_decision": case.state == S.TC_DECISION,
            "asks_message": case.state in {S.WORKUP, S.SCHEDULED},
            "asks_arrival": cells.arrival_can_be_entered(case),
            "asks_transfusion": case.state in {S.HANDED_OVER, S.DONATED},
        }
    return context | {
        "knows_name": knows_the_name(case, on=timezone.localdate(request.at)),
        "findings": asked.findings_entered_by(case, case.collection_hospital_id),
        "age": fitness.age_of_markers(case, on=timezone.localdate(request.at)),
        "days": asked.days_of(case, opened=False),
        "events": asked.adverse_events_of(case, opened=False),
        "no_harm": asked.word_of_no_harm(case),
        "asks_harm": asked.harm_is_to_be_asked(case),
        "female": case.donor.sex == "F",
        "enters_findings": case.stands_at in FROM_WORK_UP and case.state not in {S.CLOSED, S.DONATED},
        "enters_days": case.state == S.COLLECTING,
        "enters_events": case.stands_at in {*RED_ZONE, S.HANDED_OVER, S.DONATED},
    }
