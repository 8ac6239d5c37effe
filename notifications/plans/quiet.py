"""The hundred days in which no machine speaks to a family."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from notifications.plans.models import Plan


def hundredth(died_on: date, *, counts_the_day: bool) -> date:
    """
    Return the hundredth day after a death, by how the region counts.

    Source: domain.md section 7, 百日 D+99, inclusive counting
    """
    return died_on + timedelta(days=settings.BEREAVED_QUIET_DAYS + (not counts_the_day))


def until(plan: Plan) -> date | None:
    """Return the day from which a machine may speak to the people of a plan; None where it always may."""
    if plan.family_id is None or plan.family is None:
        return None
    return hundredth(plan.family.giver.died_on, counts_the_day=plan.family.counts_the_day)
