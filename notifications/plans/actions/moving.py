"""Let a household's plan go along to another branch: what was said stays where it was said."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from foundation import calendar, moves
from foundation.access import task_actor
from foundation.trail import Actor
from notifications.message_states import QUEUED
from notifications.plans import signals
from notifications.plans.actions.common import locked_plan
from notifications.plans.actions.planning import replan
from notifications.plans.actions.releasing import hold
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import LIVE_PLANS, OPEN_TOUCHPOINTS, PlanState
from notifications.plans.states import TouchpointState as State
from notifications.plans.whys import Why
from registry.families.models import Family

_GOES_ALONG: Final = (*OPEN_TOUCHPOINTS, State.UNKNOWN, State.FAILED)  # somebody has still to do with it


@transaction.atomic
def follow_family(family: Family, *, by: Actor, at: datetime) -> int:
    """
    Let the plans of a household stand where it is looked after now. Twice is once.

    :returns: how many plans went along.
    """
    left = list(Plan.objects.filter(family=family, state__in=LIVE_PLANS).exclude(branch=family.branch_id))
    for plan in left:
        _move(plan, family, by=by, at=at)
    return len(left)


def _move(plan: Plan, family: Family, *, by: Actor, at: datetime) -> Plan:
    """
    End a plan as moved, and begin it at the other branch as it stood: running, resting or offered.

    What is not settled goes along as it is, so that nothing is said twice and a hold stays a hold. What
    was released is released anew, by who looks after the household now.
    """
    plan = locked_plan(plan)
    was = PlanState(str(plan.state))
    moves.make(plan, "move", by=by, at=at, on=family)
    new = Plan(
        programme_key=plan.programme_key,
        family=family,
        branch_id=family.branch_id,
        branch_path=family.branch_path,
        began_at=plan.began_at,
        paused_until=plan.paused_until,
        **by.columns(),
    )
    moves.begin(new, "offer" if was == PlanState.OFFERED else "begin", by=by, at=at)
    if was == PlanState.PAUSED:
        moves.make(new, "pause", by=by, at=at)
    going = plan.touchpoints.filter(state__in=_GOES_ALONG)
    going.update(plan=new, branch_path=new.branch_path)
    signals.plan_moved.send(Plan, plan=new, by=by, at=at)
    _release_anew(new, family, by=by, at=at)
    replan(new, at=at, by=by)
    return new


def _release_anew(plan: Plan, family: Family, *, by: Actor, at: datetime) -> None:
    """
    Put what was released back before who releases it; what is queued of it is held until then.

    One that nobody knows of whether it reached somebody is held for the others, whose copies wait still.
    """
    why = Why.MOVED.value
    for touchpoint in plan.touchpoints.filter(state=State.APPROVED):
        touchpoint.approved_by_id, touchpoint.approved_at = "", None
        saves = ("approved_by_id", "approved_at")
        moves.make(touchpoint, "put_back", by=by, at=at, reason=why, on=family, saves=saves)
        signals.touchpoint_held.send(Touchpoint, touchpoint=touchpoint, why=why, by=by, at=at)
        if touchpoint.on_date <= calendar.day_of(at) and plan.state == PlanState.ACTIVE:
            moves.make(touchpoint, "fall_due", by=task_actor("plans.moved"), at=at)
    waiting = plan.touchpoints.filter(state=State.UNKNOWN, messages__state__in=QUEUED)
    for touchpoint in waiting.distinct():
        hold(touchpoint, why=why, by=task_actor("plans.moved"), at=at)
