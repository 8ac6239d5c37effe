"""What every act on a plan begins with: the locks and the fresh rows."""

from __future__ import annotations

from uuid import UUID

from foundation import vault
from notifications.plans.models import Plan, Touchpoint
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


def subject_of(plan: Plan) -> UUID:
    """Return the subject that an act on a plan locks: the donor, or the one whose household it is."""
    if plan.subject_id is not None:
        return plan.subject_id
    if plan.family is None:
        message = "A plan is of a household or of a person."
        raise ValueError(message)
    return plan.family.giver.subject_id
