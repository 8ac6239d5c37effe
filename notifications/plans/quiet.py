"""The hundred days in which no machine speaks to a family."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from notifications.programmes.hundred import hundredth

if TYPE_CHECKING:
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
