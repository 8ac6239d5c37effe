"""Until when a donor stands on the register, by the rules of age; pure."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings


def register_ends_on(born_on: date | None, told_on: date | None) -> date | None:
    """
    Return the first day on which the register may end for somebody, never before they were told in time.

    Who was born on 29 February reaches an age on 1 March where the year has no such day.

    :param told_on: of the notice, or None where none was given yet.

    Source: domain.md section 2, ``age_out``: delisting at 60, notice before
    """
    if born_on is None:
        return None
    year = born_on.year + settings.AGE_HIGHEST
    try:
        reached = born_on.replace(year=year)
    except ValueError:
        reached = date(year, 3, 1)
    if told_on is None:
        return reached
    return max(reached, told_on + timedelta(days=settings.AGE_NOTICE_DAYS))


def said_to_end_on(born_on: date | None, told_on: date | None, *, today: date) -> date | None:
    """Return the day to tell somebody today: nobody is told of one that is over."""
    ends_on = register_ends_on(born_on, told_on)
    return max(ends_on, today) if ends_on else None
