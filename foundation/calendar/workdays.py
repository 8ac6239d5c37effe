"""Count working days as the State Council sets them: holidays, and the weekend days worked in their place.

Pure. The arrangement of a year is published the November before; until then only its
statutory holidays are known, and ``is_settled`` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import holidays

_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice changes that the library does not know yet: days off, and weekend days worked."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()


NOTHING: Final = Notice()


def is_working_day(day: date, *, notice: Notice = NOTHING) -> bool:
    """
    Return whether offices work on a day in mainland China.

    :param notice: days that differ from what the ``holidays`` library holds.

    Source: State Council notices on the arrangement of holidays, as kept by ``holidays``
    """
    if day in notice.worked or day in notice.off:
        return day in notice.worked
    china = _china(day.year)
    if day.weekday() >= _SATURDAY:
        return day in china.weekend_workdays
    return day not in china


def add_working_days(day: date, days: int, *, notice: Notice = NOTHING) -> date:
    """
    Return the working day that lies a number of working days after a day, or before it if negative.

    The day itself is not counted; nought gives the day back, whether worked or not.
    """
    step = _DAY if days > 0 else -_DAY
    left = abs(days)
    while left:
        day += step
        left -= is_working_day(day, notice=notice)
    return day


def working_days_between(start: date, end: date, *, notice: Notice = NOTHING) -> int:
    """Return how many working days lie after ``start`` up to and with ``end``; negative if it is earlier."""
    if end < start:
        return -working_days_between(end, start, notice=notice)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day, notice=notice) for day in days)


def is_settled(year: int) -> bool:
    """Return whether the worked weekend days of a year are known, so that its counts are final."""
    return any(day.year == year for day in _china(year).weekend_workdays)


_CHINA: Final[dict[int, holidays.HolidayBase]] = {}


def _china(year: int) -> holidays.HolidayBase:
    """Return the calendar of one year. Each on its own: asking for one never changes another."""
    if year not in _CHINA:
        _CHINA[year] = holidays.country_holidays("CN", years=year)
    return _CHINA[year]
