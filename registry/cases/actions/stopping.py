"""A donor has left: every case ends at once, and people are called where a patient is in danger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from foundation import access, approvals, moves, vault
from foundation.moves import Step
from foundation.trail import Actor
from registry import signals
from registry.cases.actions import closing, common
from registry.cases.guards import CONDITIONING
from registry.cases.models import Exit, InterventionResult, MatchCase
from registry.cases.outcomes import CODES
from registry.cases.sides import people_of
from registry.cases.states import ACTIVE, RED_ZONE, CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor
from registry.donors.reasons import Reason

REOPENED = "cases.reopened"  # the task that brings back what a mistake closed


@transaction.atomic
def stop_for(donor: Donor, *, reason: str, by: Actor, at: datetime) -> int:
    """
    End every case of a donor who has left, and return how many.

    Where conditioning had begun, the people of the case and who is on duty are called. Where the cells
    have left, nothing ends: the donation is recorded.
    """
    vault.lock(donor.subject_id)  # a stop that failed is run again by a task, which holds nothing
    outcome = reason if reason in CODES else Reason.OT
    ended = closing.end_all_of(donor.pk, outcome=outcome, by=by, at=at)
    approvals.close(CONDITIONING, [case.pk for case in ended], by=by, at=at)
    for case in ended:
        if case.closed_from in RED_ZONE:
            call_people(case, by=by, at=at)
    return len(ended)


def call_people(case: MatchCase, *, by: Actor, at: datetime) -> None:
    """Tell the floor above to call everybody of a case now."""
    signals.case_endangered.send(MatchCase, case=case, people=people_of(case), by=by, at=at)


def warn_of_a_death(subject_id: UUID, *, by: Actor, at: datetime) -> None:
    """Call people where the donor of a match after conditioning was reported dead."""
    for case in MatchCase.objects.filter(donor__subject=subject_id, state__in=RED_ZONE):
        call_people(case, by=by, at=at)


@transaction.atomic
def reopen_after_mistake(donor: Donor, *, since: datetime, at: datetime) -> list[MatchCase]:
    """
    Bring back the cases that a mistaken act closed: as they stood, or waiting if another is active.

    Guards are not asked: what is undone was never true. A donation that it recorded was made all the
    same, and stays.
    """
    closed = MatchCase.objects.filter(donor=donor, state=CaseState.CLOSED, closed_at=since)
    reopened = []
    for case in closed.select_related("donor").order_by("id"):
        back = CaseState.POSTPONED if case.postponed_until else case.closed_from
        if back in ACTIVE and MatchCase.objects.active().filter(donor=donor).exists():
            back = CaseState.WAITING
        _put_back(case, back, at=at)
        reopened.append(case)
    if kept_donations(donor).filter(at=since).exists():
        closing.end_what_waits(donors.settle_donated(donor, by=access.task_actor(REOPENED), at=at), at=at)
    return reopened


def kept_donations(donor: Donor) -> QuerySet[Step]:
    """Return the steps by which donations were recorded because their donor left."""
    cases = MatchCase.objects.filter(donor=donor).values("pk")
    of_them = Step.objects.filter(object_type=MatchCase._meta.label_lower, object_id__in=cases)
    return of_them.filter(move="keep_donation").order_by("id")


def _put_back(case: MatchCase, state: str, *, at: datetime) -> None:
    left = case.interventions.filter(result=InterventionResult.LEFT, settled_at=case.closed_at)
    left.update(result=InterventionResult.OPEN, settled_at=None)
    case.outcome, case.closed_at, case.closed_from = "", None, ""
    saves = ["outcome", "closed_at", "closed_from"]
    if state == CaseState.WAITING:
        case.reserved_from = case.return_to = case.postponed_reason = ""
        case.postponed_until = None
        saves += ["reserved_from", "return_to", "postponed_reason", "postponed_until"]
    by = access.task_actor(REOPENED)
    moves.put_back(case, state, move="mark_as_error", by=by, at=at, reason="withdraw", saves=saves)
    Exit.objects.filter(case=case, undone_at__isnull=True).update(undone_at=at)
    common.keep_due(case)


def follow_donor(donor: Donor) -> None:
    """Keep the branches of a donor's cases as they are the donor's."""
    MatchCase.objects.filter(donor=donor).update(service_path=donor.service_path, owner_path=donor.owner_path)
