"""
In which order, by which ways and in which words people are called, and how long an answer is waited for.

It is a programme. An alarm keeps the version it began with; where none is in use, it follows the one
that comes with the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from uuid import UUID

from notifications.programmes import alarms, first, queries
from notifications.programmes.models import Programme, ProgrammeStep, Rule

if TYPE_CHECKING:
    from notifications.paging.models import Alarm

PROGRAMME: Final = "case_paging"


def in_use() -> Programme | None:
    """Return the version that alarms begin with now, or None for the one of the program itself."""
    programme = queries.in_use(PROGRAMME)
    return programme if programme is not None and alarms.is_whole(_kept(programme.pk)) else None


def of(alarm: Alarm) -> Sequence[ProgrammeStep]:
    """Return the steps of the version that an alarm began with."""
    return shipped() if alarm.programme_id is None else _kept(alarm.programme_id)


def step_of(alarm: Alarm, key: str) -> ProgrammeStep:
    """Return a step of an alarm by its code; the one at once where it is not known."""
    steps = of(alarm)
    return next((step for step in steps if step.key == key), at_once(steps))


def at_once(steps: Sequence[ProgrammeStep]) -> ProgrammeStep:
    """Return the step by which an alarm begins."""
    return next(step for step in steps if step.rule == Rule.AT_ONCE)


def following(steps: Sequence[ProgrammeStep], done: ProgrammeStep, *, somebody_next: bool) -> ProgrammeStep:
    """
    Return the step that follows one that nobody answered. There is always one: the last is taken again.

    :param somebody_next: somebody on duty was not called yet.
    """
    fitting = [step for step in steps if step.rule == (Rule.NEXT if somebody_next else Rule.AGAIN)]
    return next((step for step in fitting if step.order > done.order), fitting[-1])


@lru_cache(maxsize=1)
def shipped() -> tuple[ProgrammeStep, ...]:
    """Return the steps as they came with the program; they belong to no version."""
    said = next(one for one in first.read() if one.key == PROGRAMME)
    return tuple(ProgrammeStep(order=order, **step) for order, step in enumerate(said.steps))


def _kept(programme_id: UUID) -> list[ProgrammeStep]:
    return list(ProgrammeStep.objects.filter(programme=programme_id).order_by("order"))
