"""Begin a plan: of a household when it is opened, of a donor who has donated."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, vault
from foundation.access import task_actor
from foundation.trail import Actor
from foundation.vault import Subject
from notifications.plans.actions import ending, moving
from notifications.plans.actions.planning import replan
from notifications.plans.models import Plan
from notifications.plans.states import LIVE_PLANS, PlanState
from notifications.plans.whys import Why
from notifications.programmes import queries
from registry.donors.models import Donor
from registry.families.models import Family

FAMILY_CARE: Final = "family_care"
POST_DONATION: Final = "post_donation"


class NoProgramme(moves.Refused):
    """No version of this programme is in use."""


@transaction.atomic
def begin(
    programme_key: str,
    *,
    family: Family | None = None,
    subject: Subject | None = None,
    by: Actor,
    at: datetime,
) -> Plan:
    """
    Begin a plan for a household or a person, and make its calendar. One that runs already is returned.

    :raises NoProgramme: if no version of the programme is in use.
    :raises moves.NotAllowed: if the actor may not plan there.
    """
    return _start("begin", programme_key, family, subject, by=by, at=at)


@transaction.atomic
def offer(
    programme_key: str,
    *,
    family: Family | None = None,
    subject: Subject | None = None,
    by: Actor,
    at: datetime,
) -> Plan:
    """
    Write down that a plan was offered; nothing is planned until they say yes.

    :raises NoProgramme: if no version of the programme is in use.
    :raises moves.NotAllowed: if the actor may not plan there.
    """
    return _start("offer", programme_key, family, subject, by=by, at=at)


@transaction.atomic
def accept(plan: Plan, *, by: Actor, at: datetime) -> Plan:
    """
    Let an offered plan run.

    :raises moves.Refused: if it was answered meanwhile.
    :raises moves.NotAllowed: if the actor may not plan there.
    """
    vault.lock(_person(plan.family, plan.subject).pk)
    plan = Plan.objects.get(pk=plan.pk)
    plan.began_at = at
    moves.make(plan, "accept", by=by, at=at, saves=("began_at",))
    replan(plan, at=at, by=by)
    return plan


@transaction.atomic
def keep_family(family: Family, *, by: Actor, at: datetime, offered: bool = False) -> None:
    """
    Let a household's plan be as its record says: begun once, made anew, moved, or stopped with it.

    A plan that was declined or stopped is not begun again by itself.

    :param offered: one that has none yet is asked first; nothing is planned until they say yes.
    :raises NoProgramme: if it is to be offered, and no version of the programme is in use.
    """
    live = Plan.objects.filter(family=family, state__in=LIVE_PLANS)
    moving.follow_family(family, by=by, at=at)
    if family.stopped_at is not None:
        for plan in live:
            ending.stop(plan, why=Why.NO_MORE, by=by, at=at, on=family)
        return
    for plan in live.exclude(programme_key=FAMILY_CARE):
        replan(plan, at=at)
    plans = Plan.objects.filter(family=family, programme_key=FAMILY_CARE)
    newest = plans.exclude(state=PlanState.MOVED).order_by("-id").first()
    if newest is not None and not _wished_to_stop(newest):
        replan(newest, at=at)
    elif newest is None and offered:
        offer(FAMILY_CARE, family=family, by=by, at=at)
    elif queries.in_use(FAMILY_CARE) is not None:
        begin(FAMILY_CARE, family=family, by=by, at=at)


def _wished_to_stop(plan: Plan) -> bool:
    """Return whether a plan was stopped by the family's own word, which the family now took back."""
    last = moves.steps_of(plan).last()
    return plan.state == PlanState.STOPPED and last is not None and last.reason == Why.NO_MORE


@transaction.atomic
def keep_donor(donor: Donor, *, at: datetime, anew: bool = False) -> None:
    """
    Let the care after a donation run for who has donated; again, anew, after a second time.

    :param anew: also where it was stopped: by an act that was a mistake.
    """
    by = task_actor("plans.donations")
    if donor.donated_at is None or queries.in_use(POST_DONATION) is None:
        return
    begun = Plan.objects.filter(subject=donor.subject, programme_key=POST_DONATION)
    of_this_time = begun.filter(began_at__gte=donor.donated_at)
    running = list(of_this_time.filter(state__in=LIVE_PLANS))
    if running or (not anew and of_this_time.exists()):
        for plan in running:
            replan(plan, at=at)
        return
    for plan in begun.filter(state__in=LIVE_PLANS):
        ending.stop(plan, why=Why.PLAN_ENDED, by=by, at=at)
    begin(POST_DONATION, subject=donor.subject, by=by, at=at)


def _start(
    move: str,
    key: str,
    family: Family | None,
    subject: Subject | None,
    *,
    by: Actor,
    at: datetime,
) -> Plan:
    person = _person(family, subject)
    vault.lock(person.pk)
    of_it = Plan.objects.filter(programme_key=key, family=family, subject=subject, state__in=LIVE_PLANS)
    running = of_it.first()
    if running is not None:
        return running
    if queries.in_use(key) is None:
        raise NoProgramme([_("No version of this programme is in use. Publish one first.")], move=move)
    stands = family or person
    plan = Plan(
        programme_key=key,
        family=family,
        subject=subject,
        branch_id=stands.branch_id,
        branch_path=stands.branch_path,
        began_at=at,
        **by.columns(),
    )
    moves.begin(plan, move, by=by, at=at)
    replan(plan, at=at, by=by)
    return plan


def _person(family: Family | None, subject: Subject | None) -> Subject:
    if family is not None:
        return family.giver.subject
    if subject is None:
        message = "A plan is of a household or of a person."
        raise ValueError(message)
    return subject
