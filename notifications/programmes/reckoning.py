"""
Reckon with months, anniversaries, lunar days and solar terms; where a month is too short, with its last day.

Pure: no database, no clock.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from foundation import calendar
from foundation.calendar import LunarDate

_LONG_MONTH: Final = 30  # days of a lunar month; a short one has one less


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return clamped(year, month + 1, day.day)


def solar_anniversary(day: date, number: int) -> date:
    """Return an anniversary by the solar calendar; that of 29 February is kept on the 28th in short years."""
    return clamped(day.year + number, day.month, day.day)


def lunar_anniversary(day: date, number: int) -> date:
    """
    Return an anniversary by the lunar calendar: one each lunar year.

    What fell in a leap month recurs in the ordinary month of that number, and on the thirtieth of a
    short month on the twenty-ninth.

    Source: docs/sources.md#lunar-anniversaries
    """
    kept = lunar_of(day)
    return lunar_day(kept.month, kept.day, kept.year + number)


def lunar_day(month: int, day: int, year: int) -> date:
    """Return a day of a lunar year; the thirtieth of a short month is its twenty-ninth."""
    first, length = _lunar_month(year, month)
    return first + timedelta(days=min(day, length) - 1)


@lru_cache(maxsize=4_096)
def solar_term(term: str, year: int) -> date:
    """Return the day of a solar term."""
    return calendar.solar_term(term, year)


def clamped(year: int, month: int, day: int) -> date:
    """Return a day of a month, or its last one where it is shorter."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day, (following - timedelta(days=1)).day))


@lru_cache(maxsize=16_384)
def lunar_of(day: date) -> LunarDate:
    """Remember lunar dates: many families mourn on the same days, and a conversion takes a millisecond."""
    return calendar.lunar(day)


@lru_cache(maxsize=4_096)
def _lunar_month(year: int, month: int) -> tuple[date, int]:
    """Return the first day of an ordinary lunar month, and how many days it has."""
    first = calendar.solar(LunarDate(year, month, 1))
    try:
        calendar.solar(LunarDate(year, month, _LONG_MONTH))
    except calendar.NoSuchDay:
        return first, _LONG_MONTH - 1
    return first, _LONG_MONTH


@lru_cache(maxsize=16_384)
def worked(day: date) -> date:
    """Return a day, or the next on which offices work."""
    return day if calendar.is_working_day(day) else calendar.add_working_days(day, 1)
