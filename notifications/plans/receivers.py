"""
What plans do when something happens to a household, a donor or a programme. Twice is once.

Nothing listens to an enrolment: what everybody on the register hears is planned at night, in one
statement for all; a sheet of a hundred thousand rows begins no plan.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from foundation.access import task_actor
from foundation.moves import Step
from foundation.moves.stops import Stop
from foundation.trail import Actor
from foundation.vault import Capacity, Subject
from notifications.plans import actions
from notifications.plans.actions import beginning
from notifications.plans.models import Plan
from notifications.plans.states import LIVE_PLANS
from notifications.plans.whys import Why
from notifications.programmes.models import Programme
from registry.donors.models import Donor
from registry.donors.states import GONE, DonorState
from registry.families.models import Family, Member

STOPPED: Final = "plans.stopped"
# Who withdrew or died has a signal of their own, which nothing here can hold back.
_LEFT: Final = GONE - {DonorState.WITHDRAWN, DonorState.DECEASED}


def family_changed(*, family: Family, by: Actor, at: datetime, offered: bool = False, **_more: Any) -> None:
    """Begin a household's plan or offer it, or make its calendar anew."""
    actions.keep_family(family, offered=offered, by=by, at=at)


def no_more(*, member: Member, by: Actor, at: datetime, whole: bool = False, **_more: Any) -> Stop | None:
    """Stop the household's plan where that is asked for; else the others of it are still remembered."""
    family = member.family
    if not whole:
        for plan in Plan.objects.filter(family=family, state__in=LIVE_PLANS):
            actions.replan(plan, at=at)  # a parent who wants no more is no reason for a day of parents
        return None
    giver = family.giver.subject
    count = actions.stop_for(giver, why=Why.NO_MORE, by=by, at=at, on=family, family=family)
    return Stop(STOPPED, at, count=count) if count else None


def donor_moved(*, donor: Donor, step: Step, at: datetime, **_more: Any) -> None:
    """Begin the care after a donation; end what was begun for who has left."""
    if step.to_state == DonorState.DONATED:
        actions.keep_donor(donor, at=at)
    elif step.to_state in _LEFT and donor.merged_into_id is None:
        by = task_actor("plans.left")
        actions.stop_for(donor.subject, why=Why.PLAN_ENDED, by=by, at=at)


def donor_withdrawn(*, donor: Donor, by: Actor, at: datetime, **_more: Any) -> Stop | None:
    """End every plan of who withdrew."""
    count = actions.stop_for(donor.subject, why=Why.WITHDREW, by=by, at=at, on=donor)
    return Stop(STOPPED, at, count=count) if count else None


def donor_restored(*, donor: Donor, move: str, at: datetime, **_more: Any) -> None:
    """Begin anew what a mistaken act ended, or end what it began. What was cancelled stays so."""
    if move == "donate":
        by = task_actor("plans.restored")
        actions.stop_for(donor.subject, why=Why.PLAN_ENDED, by=by, at=at)
    elif donor.donated_at is not None:
        actions.keep_donor(donor, at=at, anew=True)


def donor_merged(*, kept: Donor, emptied: Donor, at: datetime, **_more: Any) -> dict[str, Any]:
    """End the plans of the record that goes; the one that stays has its own, begun where it is missing."""
    by = task_actor("plans.merged")
    actions.stop_for(emptied.subject, why=Why.JOINED, by=by, at=at)
    had = Plan.objects.filter(subject=emptied.subject, programme_key=beginning.POST_DONATION).exists()
    if had and kept.donated_at is not None:
        actions.keep_donor(kept, at=at)
    return {}


def died_reported(*, subject: Subject, by: Actor, at: datetime, **_more: Any) -> None:
    """End a donor's plans; of a household, the days that only this person was a reason for."""
    if subject.capacity == Capacity.RELATIVE:
        plans = Plan.objects.filter(family__members__subject=subject, state__in=LIVE_PLANS)
        actions.remake_later(plans, at=at)
    elif subject.capacity == Capacity.DONOR:
        actions.stop_for(subject, why=Why.DIED, by=by, at=at, on=subject)


def erased(*, subject: Subject, at: datetime, **_more: Any) -> None:
    """End every plan of somebody of whom nothing is known any more."""
    actions.stop_for(subject, why=Why.ERASED, by=task_actor("plans.erased"), at=at)


def programme_published(*, programme: Programme, **_more: Any) -> None:
    """Have every plan of the programme made anew, tonight."""
    Plan.objects.filter(programme_key=programme.key, state__in=LIVE_PLANS).update(planned_through=None)
