"""Pause a plan, go on with it, and end it; what lies open of it ends with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from foundation import calendar, moves
from foundation.moves import Step
from foundation.trail import Actor
from foundation.vault import Subject
from notifications.plans import signals
from notifications.plans.actions.common import cancel, locked_plan
from notifications.plans.actions.planning import replan
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import LIVE_PLANS, OPEN_TOUCHPOINTS
from notifications.plans.states import TouchpointState as State
from notifications.plans.whys import Why
from registry.families.models import Family


@transaction.atomic
def pause(plan: Plan, *, until: date | None = None, by: Actor, at: datetime, reason: str = "") -> Step:
    """
    Let nothing of a plan go out, until a day or until somebody resumes it.

    What is queued already is held, so that a message released before the pause does not leave in it.

    :raises moves.Refused: if it does not run.
    :raises moves.NotAllowed: if the actor may neither plan nor stop there.
    """
    plan = locked_plan(plan)
    plan.paused_until = until
    step = moves.make(plan, "pause", by=by, at=at, reason=reason, saves=("paused_until",))
    for touchpoint in plan.touchpoints.filter(state=State.APPROVED):
        why = Why.IN_A_PAUSE.value
        touchpoint.held_reason = why
        moves.make(touchpoint, "hold", by=by, at=at, reason=why, saves=("held_reason",))
        signals.touchpoint_held.send(Touchpoint, touchpoint=touchpoint, why=why, by=by, at=at)
    return step


@transaction.atomic
def resume(plan: Plan, *, by: Actor, at: datetime) -> Step:
    """
    Go on with a plan. What lay in the pause is left out: nobody gets a year's letters at once.

    What is still to come and was held for the pause is put before who releases it, once more.

    :raises moves.Refused: if it does not rest.
    :raises moves.NotAllowed: if the actor may not plan there.
    """
    plan = locked_plan(plan)
    plan.paused_until = None
    step = moves.make(plan, "resume", by=by, at=at, saves=("paused_until",))
    gone_by = plan.touchpoints.filter(state__in=OPEN_TOUCHPOINTS, on_date__lt=calendar.day_of(at))
    for touchpoint in gone_by:
        cancel(touchpoint, Why.IN_A_PAUSE, by=by, at=at)
    for touchpoint in plan.touchpoints.filter(state=State.HELD, held_reason=Why.IN_A_PAUSE):
        touchpoint.held_reason = ""
        moves.make(touchpoint, "put_back", by=by, at=at, reason=Why.IN_A_PAUSE.value, saves=("held_reason",))
    replan(plan, at=at, by=by)
    return step


@transaction.atomic
def stop(plan: Plan, *, why: str, by: Actor, at: datetime, on: Any = None) -> int:
    """
    End a plan at once. Never refused where it is their wish; one that has ended stays ended.

    :param on: what the right is asked of, by default the plan: the donor, who stands at two branches.
    :returns: how many touchpoints were taken away.
    :raises moves.NotAllowed: if the actor may neither plan nor stop there.
    """
    plan = locked_plan(plan)
    if plan.state not in LIVE_PLANS:
        return 0
    moves.make(plan, "stop", by=by, at=at, reason=str(why), on=on)
    return _end(plan, Why(why), by=by, at=at, on=on)


@transaction.atomic
def decline(plan: Plan, *, by: Actor, at: datetime) -> Step:
    """
    Note that they want no plan.

    :raises moves.Refused: if it is no longer an offer.
    :raises moves.NotAllowed: if the actor may neither plan nor stop there.
    """
    return moves.make(locked_plan(plan), "decline", by=by, at=at)


@transaction.atomic
def complete(plan: Plan, *, by: Actor, at: datetime) -> Step:
    """
    Note that all of a plan was done.

    :raises moves.Refused: if something of it is still to come.
    """
    return moves.make(locked_plan(plan), "complete", by=by, at=at)


@transaction.atomic
def stop_for(
    subject: Subject,
    *,
    why: str,
    by: Actor,
    at: datetime,
    on: Any = None,
    family: Family | None = None,
) -> int:
    """
    Stop every plan kept for a person, or for the households of one who gave. Twice is once.

    :param family: this household alone, of several of one who gave.
    :returns: how many plans were stopped.
    """
    live = Plan.objects.filter(state__in=LIVE_PLANS)
    of_them = live.filter(Q(subject=subject) | Q(family__giver__subject=subject))
    if family is not None:
        of_them = of_them.filter(family=family)
    plans = list(of_them)
    for plan in plans:
        stop(plan, why=why, by=by, at=at, on=on)
    return len(plans)


def _end(plan: Plan, why: Why, *, by: Actor, at: datetime, on: Any) -> int:
    taken = list(plan.touchpoints.filter(state__in=OPEN_TOUCHPOINTS))
    for touchpoint in taken:
        cancel(touchpoint, why, by=by, at=at, on=on)
    signals.plan_ended.send(Plan, plan=plan, why=why.value, by=by, at=at)
    return len(taken)
