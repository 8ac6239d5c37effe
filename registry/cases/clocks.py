"""The clocks of a case, in working days of the official calendar. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.conf import settings

from foundation import calendar

GREEN: Final = "green"
AMBER: Final = "amber"
RED: Final = "red"


def reservation_ends(requested_on: date, *, source: str, request: str) -> date:
    """
    Return the last day for which a donor is kept, counted from the day of the request.

    Source: domain.md 3: CMDP's international profile 60 working days for typing, 53 for work-up;
    domestic `[ask]`
    """
    days: int = settings.RESERVATION_WORKING_DAYS[source][request]
    return calendar.add_working_days(requested_on, days)


def contact_due(received_on: date) -> date:
    """Return the day by which the donor is first tried. Source: domain.md 3, one working day."""
    return calendar.add_working_days(received_on, settings.CASE_CONTACT_WORKING_DAYS)


def years_to_come(since: date, until: date) -> list[int]:
    """Return the years that a span touches and whose official calendar is not published yet."""
    return [year for year in range(since.year, until.year + 1) if not calendar.is_settled(year)]


def elapsed(since: datetime, at: datetime) -> timedelta:
    """
    Return how much time really passed between two moments.

    Python subtracts two moments of one zone by their wall clocks: a day on which summer time begins
    would count as 24 hours.
    """
    return at.astimezone(UTC) - since.astimezone(UTC)


def later(since: datetime, by: timedelta) -> datetime:
    """Return the moment after which so much time has really passed."""
    return since.astimezone(UTC) + by


def left(due_on: date, *, today: date) -> int:
    """Return how many working days are left; 0 on the day itself, negative when it is over."""
    return calendar.working_days_between(today, due_on)


def colour(due_on: date, *, today: date) -> str:
    """Return the colour of a clock: red once it is over, amber on its last days, else green."""
    if due_on < today:
        return RED
    return AMBER if left(due_on, today=today) <= settings.CASE_DUE_SOON_WORKING_DAYS else GREEN
