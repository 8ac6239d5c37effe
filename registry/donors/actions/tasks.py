"""Opening, closing and moving the calls that are to be made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.db import transaction

from foundation import trail
from foundation.trail import Actor
from registry.donors import no_calls, purposes
from registry.donors.actions import common
from registry.donors.models import CallKind, CallState, CallTask, Donor
from registry.donors.querysets import CallTaskQuerySet

OUR_WISH: Final = (
    CallKind.PRE_LISTING,
    CallKind.COOLING_OFF,
    CallKind.RESAMPLE,
    CallKind.HOLD_ENDED,
    CallKind.WAVERS,
    CallKind.OUT_OF_CONTACT,
    CallKind.CONTACT_CHECK,
    CallKind.AGE_LIMIT,
    CallKind.CONSENT_DUE,
    CallKind.OTHER,
)


def open_task(donor: Donor, kind: CallKind, *, due_on: date, at: datetime) -> CallTask:
    """Ask for a call; where one of the kind is open, that one stands, at the earlier day."""
    task, made = CallTask.objects.get_or_create(
        donor=donor,
        kind=kind,
        state=CallState.OPEN,
        defaults={"due_on": due_on, "created_at": at, "service_path": donor.service_path},
    )
    if not made and due_on < task.due_on:
        task.due_on = due_on
        task.save(update_fields=["due_on"])
    return task


def open_unasked(donor: Donor, kind: CallKind, *, due_on: date, at: datetime) -> CallTask | None:
    """Ask for a call that is our own wish; None where the person wants no calls."""
    if no_calls.asked_for_by(donor.subject_id):
        return None
    return open_task(donor, kind, due_on=due_on, at=at)


@transaction.atomic
def stop_calls(donor: Donor, *, by: Actor, at: datetime) -> int:
    """
    Take off the calls that are our own wish, since the person wants none; return how many.

    What stays: a match, what they asked for themselves, and what somebody said in their name.
    """
    donor = common.locked(donor)
    gone = cancel_tasks(donor, at=at, kinds=OUR_WISH)
    if gone:
        trail.record("calls.stopped", by=by, at=at, object=donor, calls=gone)
    return gone


def cancel_tasks(donor: Donor, *, at: datetime, kinds: Iterable[CallKind] | None = None) -> int:
    """Close the open calls to a donor, all or those of some kinds; return how many."""
    tasks = CallTask.objects.open().filter(donor=donor)
    if kinds is not None:
        tasks = tasks.filter(kind__in=list(kinds))
    return tasks.update(state=CallState.CANCELLED, ended_at=at)


def fall_off(donor: Donor, *, at: datetime) -> int:
    """Close the open calls to a donor whose reason no longer holds; return how many."""
    waiting = CallTask.objects.open().filter(donor=donor)
    kinds = set(waiting.values_list("kind", flat=True))
    if not kinds:  # as a rule: nobody is about to ring them
        return 0
    stale = list(waiting.exclude(purposes.holds("donor__", kinds=kinds)).values_list("pk", flat=True))
    return CallTask.objects.open().filter(pk__in=stale).update(state=CallState.CANCELLED, ended_at=at)


def move_tasks(donor: Donor) -> int:
    """Bring the open calls to the list of the branch that now serves the donor."""
    return hand_tasks(CallTask.objects.open().filter(donor=donor), donor, path=donor.service_path)


def hand_tasks(tasks: CallTaskQuerySet, donor: Donor, *, path: str) -> int:
    """
    Bring calls to a donor's record, and out of the hands and lists of the branch they leave.

    A list shows its calls to everybody named on it: it would show a donor of another branch. Who
    kept a call for themself reaches it no more: nobody would make it.

    :param path: the branch that serves the donor.
    """
    leaving = tasks.open().exclude(service_path=path)
    leaving.update(call_list=None, owner=None, held_by=None, held_until=None)
    return tasks.update(donor=donor, service_path=path)
