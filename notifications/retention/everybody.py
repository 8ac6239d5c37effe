"""
Plan what everybody on the register is told: one statement a step and day, whatever their number.

There is no plan and no touchpoint for each of a million volunteers: the message itself says by its
occasion which time of which step it is, so that planning the same day again adds nothing.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat

from foundation import calendar, trail
from foundation.access import task_actor
from foundation.trail import Actor
from notifications.outbox import many
from notifications.programmes.models import Programme, ProgrammeStep, Rule
from notifications.programmes.states import ProgrammeState
from notifications.retention import audience
from registry.donors.models import Donor


def plan(on: date, *, at: datetime, by: Actor | None = None) -> int:
    """
    Queue what falls on a day, and on the few days before it that nobody planned; safe to run twice.

    :returns: how many messages came in.
    """
    by = by or task_actor("retention.plan")
    in_use = Programme.objects.filter(state=ProgrammeState.PUBLISHED, for_everybody=True)
    return sum(_programme(programme, on, by=by, at=at) for programme in in_use.order_by("key"))


def coming(programme: Programme, on: date) -> list[tuple[ProgrammeStep, QuerySet[Donor]]]:
    """Return whom each step of a programme reaches on one day."""
    return [(step, audience.on_day(step, on)) for step in programme.steps.order_by("order")]


@transaction.atomic
def _programme(programme: Programme, on: date, *, by: Actor, at: datetime) -> int:
    days = [on - timedelta(days=n) for n in range(settings.TOUCHPOINT_LATE_DAYS + 1)]
    made = {
        step.key: sum(_step(programme, step, day, on=on, at=at) for day in days)
        for step in programme.steps.order_by("order")
    }
    total = sum(made.values())
    if total:
        trail.record("programme.planned", by=by, at=at, object=programme, on=on.isoformat(), messages=made)
    return total


def _step(programme: Programme, step: ProgrammeStep, day: date, *, on: date, at: datetime) -> int:
    leaves = calendar.at(on, time(settings.MESSAGES_LEAVE_AT))
    said: dict[str, Any] = {
        "subject": F("subject_id"),
        "branch_path": F("service_path"),
        "language": F("subject__language"),
        "channel": F("way"),
        "occasion": _occasion(programme, step, day),
        "wording": step.wording,
        "programme_key": programme.key,
        "fields": {"on_date": day.isoformat()},
        "bereaved": programme.bereaved,
        "service": programme.service,
        "at_least_once": step.at_least_once,
        "beats_gap": step.beats_gap,
        "due_at": max(leaves, at),
        "made_at": at,
    }
    return many.queue_many(audience.on_day(step, day), said)


def _occasion(programme: Programme, step: ProgrammeStep, day: date) -> Concat | Value:
    """Return which time it is: of which step, counted from which day, in which year."""
    if step.rule == Rule.SOLAR:
        return Value(f"{programme.key}.{step.key}:{day.year}")
    counted = Cast("base", CharField())
    return Concat(Value(f"{programme.key}.{step.key}:"), counted, Value(f":{day.year}"))
