"""
Plan what everybody on the register is told: one statement a step and day, whatever their number.

There is no plan and no touchpoint for each of a million volunteers: the message itself says by its
occasion which time of which step it is, so that planning the same day again adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from foundation import calendar, trail
from foundation.access import task_actor
from foundation.trail import Actor
from notifications.outbox import Message, many
from notifications.programmes.models import Programme, ProgrammeStep, Rule
from notifications.programmes.states import ProgrammeState
from notifications.retention import audience


def plan(on: date, *, at: datetime, by: Actor | None = None) -> int:
    """
    Queue what falls on a day, and on the few days before it that nobody planned; safe to run twice.

    :returns: how many messages came in.
    """
    by = by or task_actor("retention.plan")
    in_use = Programme.objects.filter(state=ProgrammeState.PUBLISHED, for_everybody=True)
    return sum(_programme(programme, on, by=by, at=at) for programme in in_use.order_by("key"))


def count(step: ProgrammeStep, on: date) -> int:
    """Return how many people a step reaches on one day, by whatever way."""
    people = audience.on_days(step, [on])
    open_to = [audience.by_way(people, way).values("pk") for way in step.channels]
    anybody = reduce(or_, (Q(pk__in=some) for some in open_to), Q(pk__in=[]))
    return people.filter(anybody).count()


def ways(message: Message) -> list[str]:
    """Return the ways, in their order, of the step a message is of; none where it is of another room."""
    name, _sep, _counted = message.occasion.partition(":")
    programme, _dot, key = name.partition(".")
    if programme != message.programme_key:
        return []
    in_use = ProgrammeStep.objects.filter(
        programme__key=programme,
        programme__state=ProgrammeState.PUBLISHED,
        programme__for_everybody=True,
        key=key,
    )
    return [way for channels in in_use.values_list("channels", flat=True) for way in channels]


@transaction.atomic
def _programme(programme: Programme, on: date, *, by: Actor, at: datetime) -> int:
    days = [on - timedelta(days=n) for n in range(settings.TOUCHPOINT_LATE_DAYS + 1)]
    made = {
        step.key: sum(_step(programme, step, of_year, on=on, at=at) for of_year in _by_year(days))
        for step in programme.steps.order_by("order")
    }
    total = sum(made.values())
    if total:
        trail.record("programme.planned", by=by, at=at, object=programme, on=on.isoformat(), messages=made)
    return total


def _by_year(days: Iterable[date]) -> list[list[date]]:
    """Return days sorted apart by their years: which year it is tells yearly occasions apart."""
    return [list(of_year) for _year, of_year in groupby(days, key=lambda day: day.year)]


def _step(programme: Programme, step: ProgrammeStep, days: list[date], *, on: date, at: datetime) -> int:
    """
    Queue one step. Ways come in their order: who was reached by one is in already when the next is tried.

    One that failed is not planned again: another night would write to them anew.
    """
    occasion = _occasion(programme, step, max(days).year)
    people = audience.on_days(step, days).annotate(occasion=occasion)
    said: dict[str, Any] = {
        "subject": F("subject_id"),
        "branch_path": F("service_path"),
        "language": F("subject__language"),
        "occasion": F("occasion"),
        "wording": step.wording,
        "programme_key": programme.key,
        "fields": {"on_date": on.isoformat()},
        "bereaved": programme.bereaved,
        "service": programme.service,
        "at_least_once": step.at_least_once,
        "beats_gap": step.beats_gap,
        "due_at": max(calendar.at(on, time(settings.MESSAGES_LEAVE_AT)), at),
        "made_at": at,
    }
    return sum(
        many.queue_many(audience.by_way(people, way), {**said, "channel": way}) for way in step.channels
    )


def _occasion(programme: Programme, step: ProgrammeStep, year: int) -> Concat | Value:
    """Return which time it is: of which step, counted from which day, in which year."""
    name = f"{programme.key}.{step.key}:"
    if step.rule == Rule.SOLAR:
        return Value(f"{name}{year}", output_field=CharField())
    counted = (Value(name), Cast("base", CharField()))
    return Concat(*counted, Value(f":{year}")) if step.rule == Rule.YEARLY else Concat(*counted)
