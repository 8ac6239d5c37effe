"""Whether a day that a family writes down is in the calendar it keeps."""

from __future__ import annotations

from datetime import date
from typing import Final

from foundation import calendar
from foundation.calendar import LunarDate
from registry.families.models import Calendar
from registry.families.records import Day

_A_YEAR_WITH_EACH_DAY: Final = 2024  # a leap year
_MONTHS, _LUNAR_DAYS = 12, 30


def exists(day: Day) -> bool:
    """Return whether a calendar has such a day; of a day of every year, in some years at least."""
    try:
        if day.calendar == Calendar.SOLAR:
            year = _A_YEAR_WITH_EACH_DAY if day.year is None else day.year
            return date(year, day.month, day.day) is not None
        if day.year is not None:
            return calendar.solar(LunarDate(day.year, day.month, day.day)) is not None
    except ValueError:
        return False
    return 1 <= day.month <= _MONTHS and 1 <= day.day <= _LUNAR_DAYS
