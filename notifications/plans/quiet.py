"""When no machine speaks: to a family in its hundred days, and at night to anybody."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.conf import settings

from foundation import calendar
from notifications.programmes.hundred import hundredth

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from notifications.plans.models import Touchpoint
    from registry.families.models import Family


def until(family: Family | None) -> date | None:
    """Return the day from which a machine may speak to a household; None where it always may."""
    if family is None:
        return None
    return hundredth(family.giver.died_on, counts_the_day=family.counts_the_day)


def is_early(family: Family | None, on: date) -> bool:
    """Return whether on a day only a person speaks to a household; to who is in none, never."""
    day = until(family)
    return day is not None and on < day


def lies_before(touchpoint: Touchpoint) -> bool:
    """Return whether a touchpoint lies before the hundredth day: it is released by itself, one by one."""
    return is_early(touchpoint.plan.family, touchpoint.on_date)


def night_over(at: datetime, clock: ZoneInfo) -> datetime | None:
    """Return when the night is over that a moment lies in by somebody's clock; None where it is by day."""
    opens = calendar.opens_at(at, settings.QUIET_HOURS, clock)
    return None if opens == at else opens


def morning_of(day: date, clock: ZoneInfo) -> datetime:
    """Return the moment from which a machine may speak on a day."""
    return calendar.at(day, time(settings.QUIET_HOURS[0]), clock)


def speaking_day(at: datetime, clock: ZoneInfo) -> date:
    """Return the first day on which a machine may speak from a moment on: in an evening the next one."""
    return calendar.day_of(calendar.opens_at(at, settings.QUIET_HOURS, clock), clock)
