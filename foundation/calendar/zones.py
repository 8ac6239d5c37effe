"""Say which day a moment belongs to, when a day begins and when hours open, in a named zone; pure.

Days are counted where the branch is: a moment after four in the afternoon by UTC is the
next day in China.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

CHINA: Final = ZoneInfo("Asia/Shanghai")


class NoZone(ValueError):
    """A moment has no zone, so it belongs to no day."""


def day_of(moment: datetime, zone: ZoneInfo = CHINA) -> date:
    """
    Return the day a moment belongs to.

    :raises NoZone: if the moment is naive.
    """
    if moment.tzinfo is None:
        raise NoZone("A moment needs a zone.")
    return moment.astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo = CHINA) -> datetime:
    """Return the first moment of a day, in UTC; where summer time skips midnight, the next one there is."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def span_of(day: date, zone: ZoneInfo = CHINA) -> tuple[datetime, datetime]:
    """Return the first moment of a day and of the day after: half open, 23 to 25 hours apart."""
    return start_of(day, zone), start_of(day + timedelta(days=1), zone)


def at(day: date, clock: time, zone: ZoneInfo = CHINA) -> datetime:
    """Return the moment of a clock time on a day, in UTC; of two such moments the first."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def opens_at(moment: datetime, hours: tuple[int, int], zone: ZoneInfo = CHINA) -> datetime:
    """
    Return the next moment that lies within daily hours: the moment itself where it does, else when they open.

    :param hours: o'clock, from the first on and before the second: ``(9, 20)``.
    :raises NoZone: if the moment is naive.
    """
    day, (first, last) = day_of(moment, zone), hours
    hour = moment.astimezone(zone).hour
    if first <= hour < last:
        return moment
    return at(day + timedelta(days=hour >= last), time(first), zone)
