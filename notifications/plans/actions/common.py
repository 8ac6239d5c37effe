"""What the acts on a plan share: the locks and the fresh rows, and taking one occasion away."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from foundation import moves, vault
from foundation.trail import Actor
from notifications.plans import signals
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.whys import Why
from registry.families.models import Member


def locked_plan(plan: Plan) -> Plan:
    """Lock the person a plan is kept for, and return the plan as the row is now."""
    vault.lock(subject_of(plan))
    return Plan.objects.select_related("family__giver__subject", "branch").get(pk=plan.pk)


def locked(touchpoint: Touchpoint) -> Touchpoint:
    """Lock the person of a touchpoint's plan, and return the touchpoint as the row is now."""
    read = Touchpoint.objects.select_related("plan__family__giver", "plan__branch", "step")
    plan = touchpoint.plan
    vault.lock(subject_of(plan))
    return read.get(pk=touchpoint.pk)


def lock_everybody(*plans: Plan) -> None:
    """Lock at once whom plans are kept for, all of their households too: what follows writes to each."""
    ids = {subject_of(plan) for plan in plans}
    households = [plan.family_id for plan in plans if plan.family_id]
    members = Member.objects.filter(family__in=households)
    vault.lock(*ids, *members.values_list("subject_id", flat=True))


def cancel(touchpoint: Touchpoint, why: Why, *, by: Actor, at: datetime, on: Any = None) -> None:
    """
    Take away what was planned, and tell who has queued something of it.

    :param on: what the right is asked of, by default the touchpoint.
    :raises moves.Refused: if it went out already. :raises moves.NotAllowed: if the actor may not.
    """
    touchpoint.why, touchpoint.held_reason = why.value, ""
    saves = ("why", "held_reason")
    moves.make(touchpoint, "cancel", by=by, at=at, reason=why.value, on=on, saves=saves)
    signals.touchpoint_ended.send(Touchpoint, touchpoint=touchpoint, why=why.value, by=by, at=at)


def subject_of(plan: Plan) -> UUID:
    """Return the subject that an act on a plan locks: the donor, or the one whose household it is."""
    if plan.subject_id is not None:
        return plan.subject_id
    if plan.family is None:
        message = "A plan is of a household or of a person."
        raise ValueError(message)
    return plan.family.giver.subject_id
