"""The hundredth day after a death: before it only people speak to a family."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings


def hundredth(died_on: date, *, counts_the_day: bool) -> date:
    """
    Return the hundredth day after a death, by how the region counts.

    Source: domain.md section 7, 百日 D+99, inclusive counting
    """
    return died_on + timedelta(days=settings.BEREAVED_QUIET_DAYS + (not counts_the_day))
