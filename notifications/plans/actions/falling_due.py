"""Let touchpoints fall due: a person releases them, or the programme lets them go by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from foundation import calendar, moves
from foundation.access import task_actor
from foundation.trail import Actor
from notifications.plans.actions import ending
from notifications.plans.actions.common import locked
from notifications.plans.actions.releasing import approve, skip
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import PlanState, TouchpointState
from notifications.plans.whys import Why

log = structlog.get_logger(__name__)
AT_ONCE: Final = 500


@dataclass(slots=True)
class Fallen:
    """What became of the touchpoints of a day."""

    due: int = 0  # a person releases them
    released: int = 0  # the programme needs nobody
    left_out: int = 0


def coming(on: date) -> QuerySet[Touchpoint]:
    """Return the planned touchpoints of running plans whose day has come."""
    return Touchpoint.objects.filter(
        state=TouchpointState.PLANNED, on_date__lte=on, plan__state=PlanState.ACTIVE
    )


def plan_due(on: date, *, at: datetime, by: Actor | None = None) -> Fallen:
    """
    Let every touchpoint whose day has come fall due; safe to run twice, and after days of standing still.

    :param on: the day it is; what is planned later stays planned.
    """
    by = by or task_actor("plans.due")
    _end_pauses(on, by=by, at=at)
    fallen, seen = Fallen(), UUID(int=0)
    while ids := list(coming(on).filter(pk__gt=seen).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        for pk in ids:
            _fall(pk, on, fallen, by=by, at=at)
        seen = ids[-1]
    return fallen


@transaction.atomic
def fall_today(plan: Plan, *, at: datetime, by: Actor | None = None) -> Fallen:
    """Let what a plan has for today fall due at once, where it was made after the nightly look at days."""
    by, fallen, on = by or task_actor("plans.due"), Fallen(), calendar.day_of(at)
    for touchpoint in coming(on).filter(plan=plan).select_related("plan__family__giver", "step"):
        _decide(touchpoint, on, fallen, by=by, at=at)
    return fallen


def _fall(pk: UUID, on: date, fallen: Fallen, *, by: Actor, at: datetime) -> None:
    """One touchpoint in a transaction of its own: what is wrong with one keeps no other back."""
    try:
        with transaction.atomic():
            touchpoint = Touchpoint.objects.select_related("plan__family__giver", "step").get(pk=pk)
            _decide(touchpoint, on, fallen, by=by, at=at)
    except moves.Refused:
        log.info("touchpoint_moved_meanwhile", touchpoint=str(pk))
    except Exception as fault:  # noqa: BLE001 - one touchpoint never keeps the others back
        log.error("touchpoint_not_fallen", touchpoint=str(pk), fault=type(fault).__name__)


def _decide(touchpoint: Touchpoint, on: date, fallen: Fallen, *, by: Actor, at: datetime) -> None:
    touchpoint = locked(touchpoint)
    if touchpoint.state != TouchpointState.PLANNED:
        return
    if touchpoint.step.needs_approval or not _goes_by_itself(touchpoint, on, fallen, by=by, at=at):
        moves.make(touchpoint, "fall_due", by=by, at=at)
        fallen.due += 1


def _goes_by_itself(touchpoint: Touchpoint, on: date, fallen: Fallen, *, by: Actor, at: datetime) -> bool:
    """Release what needs nobody, or leave out what comes too late; else a person looks at it."""
    if touchpoint.on_date < on - timedelta(days=settings.TOUCHPOINT_LATE_DAYS):
        skip(touchpoint, why=Why.TOO_LATE.value, by=by, at=at)
        fallen.left_out += 1
        return True
    try:
        with transaction.atomic():
            approve(touchpoint, by=by, at=at)
    except moves.Refused:
        return False
    fallen.released += 1
    return True


def _end_pauses(on: date, *, by: Actor, at: datetime) -> None:
    for plan in Plan.objects.filter(state=PlanState.PAUSED, paused_until__lte=on):
        try:
            ending.resume(plan, by=by, at=at)
        except moves.Refused:
            log.info("plan_moved_meanwhile", plan=str(plan.pk))
        except Exception as fault:  # noqa: BLE001 - one plan never keeps the others back
            log.error("plan_not_resumed", plan=str(plan.pk), fault=type(fault).__name__)
