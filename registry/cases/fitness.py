"""Until when what a doctor found counts for a match. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from registry.cases import markers

if TYPE_CHECKING:
    from registry.cases.models import MatchCase


def all_counts(case: MatchCase, *, on: date) -> bool:
    """Return whether everything counts on a day that a clearance stands on."""
    return (
        examination_counts(case, on=on) and pregnancy_test_counts(case, on=on) and markers_count(case, on=on)
    )


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


def markers_count(case: MatchCase, *, on: date) -> bool:
    """
    Return whether the markers are in order, from blood not too old on the day of collection.

    Source: domain.md section 3, infection markers at most 30 days old at collection
    """
    age = age_of_markers(case, on=on)
    return case.markers_fit is True and age is not None and age.in_time


def age_of_markers(case: MatchCase, *, on: date) -> markers.Age | None:
    """Return how old the markers are, or were when the cells were given; None where none were drawn."""
    if case.markers_on is None:
        return None
    given_on = case.donated_on
    return markers.age_of(
        case.markers_on, today=min(on, given_on or on), collection_on=given_on or case.collection_on
    )


def _in_time(case: MatchCase, found_on: date | None, on: date, days: int) -> bool:
    """Count up to the collection; once conditioning has begun no day that passes shuts it any more."""
    if case.conditioning_at is not None:
        return True
    return found_on is not None and max(case.collection_on or on, on) - found_on <= timedelta(days=days)
