"""Until when what a doctor found counts for a match, and whose word a lasting medical reason needs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from foundation import access
from foundation.access import Permission
from foundation.trail import ActorKind
from registry.cases.models.contact import Verdict
from registry.donors import reasons

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.cases.models import MatchCase


def examination_counts(case: MatchCase, *, on: date) -> bool:
    """Return whether the examination was passed, and not too long before the collection."""
    passed = case.examination_fit is True
    return passed and _in_time(case, case.examined_on, on, settings.EXAMINATION_DAYS_MOST)


def pregnancy_test_counts(case: MatchCase, *, on: date) -> bool:
    """Return whether a pregnancy test does not apply, or was negative not too long before the collection."""
    if case.donor.sex != "F":
        return True
    return case.pregnancy_fit is True and _in_time(
        case, case.pregnancy_on, on, settings.PREGNANCY_TEST_DAYS_MOST
    )


def _in_time(case: MatchCase, found_on: date | None, on: date, days: int) -> bool:
    """Count up to the collection; once conditioning has begun no day that passes shuts it any more."""
    if case.conditioning_at is not None:
        return True
    return found_on is not None and max(case.collection_on or on, on) - found_on <= timedelta(days=days)


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
