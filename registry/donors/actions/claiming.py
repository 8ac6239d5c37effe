"""Whose call it is at this moment: one person on one screen, and nobody is rung by two at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from foundation import trail
from foundation.access import Permission
from foundation.trail import Actor
from registry.donors.actions import common, rights
from registry.donors.models import CallHelper, CallState, CallTask, Donor
from registry.donors.querysets import CallTaskQuerySet

TRIES: Final = 50  # people whom others took in the same moment, before one is told to try again


@transaction.atomic
def take(task: CallTask, *, by: Actor, at: datetime) -> CallTask | None:
    """
    Take a call onto one's screen, and with it the numbers; the trail names the call.

    :returns: the call, or None where it is not needed any more, or a colleague is ringing
        this person now.
    :raises moves.NotAllowed: if the actor may not call here.
    """
    donor = common.locked(task.donor)
    found = CallTask.objects.to_make().filter(pk=task.pk).first()
    if found is None:
        return None
    rights.check(found, by=by, at=at, permissions=(Permission.CALL_MAKE,))
    if _is_with_a_colleague(donor, by=by, at=at):
        return None
    _let_go_of_others(found, by=by)
    _hold(found, by=by, at=at)
    trail.record("call.opened", by=by, at=at, object=donor, task=found.pk, call_list=found.call_list_id)
    return found


def take_next(waiting: CallTaskQuerySet, *, by: Actor, at: datetime) -> CallTask | None:
    """
    Take the next of some calls; the one already on the screen comes first.

    :param waiting: calls that are due and free, as ``queries.Deck.waiting`` gives them.
    """
    mine = waiting.filter(held_by=UUID(by.id), held_until__gt=at).first()
    if mine is not None:
        return take(mine, by=by, at=at)
    for task in waiting.select_related("donor").order_by(
        F("skipped_at").asc(nulls_first=True), "due_on", "id"
    )[:TRIES]:
        if taken := take(task, by=by, at=at):
            return taken
    return None


@transaction.atomic
def stay(task: CallTask, *, by: Actor, at: datetime) -> bool:
    """
    Keep a call that is on one's screen for some more minutes.

    :returns: whether it is one's own still: nobody else took it, or rings this person for another reason.
    """
    donor = common.locked(task.donor)
    if _is_with_a_colleague(donor, by=by, at=at):
        return False
    mine = CallTask.objects.open().filter(pk=task.pk, held_by=UUID(by.id))
    return bool(mine.update(held_until=at + timedelta(minutes=settings.CALL_LEASE_MINUTES)))


@transaction.atomic
def skip(task: CallTask, *, by: Actor, at: datetime) -> None:
    """Put a call that is on one's screen behind the others of its day."""
    donor = common.locked(task.donor)
    mine = CallTask.objects.open().filter(pk=task.pk, held_by=UUID(by.id))
    if mine.update(skipped_at=at, held_by=None, held_until=None):
        trail.record("call.skipped", by=by, at=at, object=donor, task=task.pk)


def let_go(task: CallTask) -> list[str]:
    """Take a call off the screen; return the fields to save."""
    task.held_by, task.held_until, task.skipped_at = None, None, None
    return ["held_by", "held_until", "skipped_at"]


def _is_with_a_colleague(donor: Donor, *, by: Actor, at: datetime) -> bool:
    """Return whether somebody else rings this person now, for whichever reason."""
    at_it = CallTask.objects.open().filter(donor=donor, held_until__gt=at)
    return at_it.exclude(held_by=UUID(by.id)).exists()


def _let_go_of_others(task: CallTask, *, by: Actor) -> None:
    """
    One person at a time, on one screen.

    Whoever else was on this screen goes back on the list; and who had the same person on theirs, and
    let the time pass, has them no more.
    """
    others = CallTask.objects.filter(Q(held_by=UUID(by.id)) | Q(donor=task.donor_id), state=CallState.OPEN)
    others.exclude(pk=task.pk).update(held_by=None, held_until=None)


def _hold(task: CallTask, *, by: Actor, at: datetime) -> None:
    task.held_by_id = UUID(by.id)
    task.held_until = at + timedelta(minutes=settings.CALL_LEASE_MINUTES)
    task.save(update_fields=["held_by", "held_until"])
    if task.call_list_id:
        helping = CallHelper.objects.filter(call_list=task.call_list_id, staff=task.held_by_id)
        helping.update(first_at=Coalesce("first_at", at))
