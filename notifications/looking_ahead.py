"""What falls on a day: touchpoints of plans, and messages to everybody that are still to be planned."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from notifications.plans.models import Touchpoint
from notifications.plans.states import OPEN_TOUCHPOINTS, PlanState, TouchpointState
from notifications.programmes.models import Programme
from notifications.programmes.states import ProgrammeState
from notifications.retention import everybody


@dataclass(frozen=True, slots=True)
class Line:
    """So many of one step of one programme."""

    programme: str
    step: str
    what: str  # a state, "OVERDUE" for what an earlier day left open, or "EVERYBODY"
    count: int

    def said(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self)


def on(day: date) -> list[Line]:
    """Return what falls on a day, and what earlier days left open, by programme and step."""
    return [*_of_plans(day), *_of_everybody(day)]


def _of_plans(day: date) -> list[Line]:
    counted = (
        Touchpoint.objects.filter(Q(on_date=day) | Q(on_date__lt=day, state__in=OPEN_TOUCHPOINTS))
        .exclude(state=TouchpointState.CANCELLED)
        .filter(Q(plan__state=PlanState.ACTIVE) | ~Q(state__in=OPEN_TOUCHPOINTS))
        .values("plan__programme_key", "key", "state", "on_date")
        .annotate(count=Count("pk"))
        .order_by("plan__programme_key", "key", "state")
    )
    sums: dict[tuple[str, str, str], int] = {}
    for row in counted:
        what = str(row["state"]) if row["on_date"] == day else "OVERDUE"
        name = (row["plan__programme_key"], row["key"], what)
        sums[name] = sums.get(name, 0) + row["count"]
    return [Line(*name, count) for name, count in sorted(sums.items())]


def _of_everybody(day: date) -> list[Line]:
    in_use = Programme.objects.filter(state=ProgrammeState.PUBLISHED, for_everybody=True).order_by("key")
    found = (
        Line(programme.key, step.key, "EVERYBODY", everybody.count(step, day))
        for programme in in_use
        for step in programme.steps.order_by("order")
    )
    return [line for line in found if line.count]
