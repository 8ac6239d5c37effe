"""What must be true before a match waits or ends: by whom, for which reason, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings

from foundation import access
from foundation.access import Permission
from foundation.trail import ActorKind
from registry.cases.models.contact import Verdict
from registry.cases.outcomes import CODES, OtherReason
from registry.cases.states import RED_ZONE, CaseState, reached
from registry.donors import reasons
from registry.donors.guards import months_later
from registry.donors.states import DonorState

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.cases.models import MatchCase

WORK: Final = (Permission.CASE_WORK, Permission.CASE_DECIDE)


def says_how_it_ended(move: Move[MatchCase]) -> bool:
    """Return whether one of the coded outcomes was given, and one that can be true."""
    case = move.object
    gave = case.state == CaseState.WAITING and case.donor.state == DonorState.DONATED
    return case.outcome in CODES and (gave or case.outcome != OtherReason.TX)


def clock_has_run_out(move: Move[MatchCase]) -> bool:
    """Return whether the reservation is over, where that is given as the reason."""
    if move.object.outcome != OtherReason.EX:
        return True
    return move.object.clock_ends_on < move.day


def who_decides_closes(move: Move[MatchCase]) -> bool:
    """Return whether, from the hospital's decision on, somebody closes who may decide."""
    case = move.object
    if move.actor.kind != ActorKind.STAFF or not reached(case.stands_at, CaseState.TC_DECISION):
        return True
    if access.may(move.actor, Permission.CASE_DECIDE, on=case, at=move.at):
        return True
    medical = case.outcome in reasons.PERMANENT and case.state not in RED_ZONE
    return medical and access.may(move.actor, Permission.CASE_CLEAR, on=case, at=move.at)


def reviewer_gives_a_medical_reason(move: Move[MatchCase]) -> bool:
    """Return whether who stops a match works on it, or stops it for a medical reason as the reviewer."""
    if move.actor.kind != ActorKind.STAFF:
        return True
    if any(access.may(move.actor, right, on=move.object, at=move.at) for right in WORK):
        return True
    return move.reason in {*reasons.TEMPORARY, *reasons.PERMANENT}


def a_doctor_found_it(move: Move[MatchCase]) -> bool:
    """Return whether a lasting medical reason is the reviewer's, or stands on what a doctor found."""
    case = move.object
    if move.actor.kind != ActorKind.STAFF or case.outcome not in reasons.PERMANENT:
        return True
    if False in {case.examination_fit, case.markers_fit}:
        return True
    if access.may(move.actor, Permission.CASE_CLEAR, on=case, at=move.at):
        return True
    newest = case.health_checks.order_by("-id").first()
    return newest is not None and newest.verdict == Verdict.PERMANENT


def ends_within_a_year(move: Move[MatchCase]) -> bool:
    """Return whether a postponement ends after today and within twelve months."""
    until, today = move.object.postponed_until, move.day
    return until is not None and today < until <= months_later(today, settings.CASE_POSTPONED_MONTHS_MOST)


def gives_a_reason(move: Move[MatchCase]) -> bool:
    """Return whether a reason stands beside the move."""
    return bool(move.reason)
