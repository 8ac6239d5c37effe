"""Plan an event, move it, call it off, and thank those who were there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, moves, trail, vault
from foundation.access import Branch, Permission
from foundation.trail import Actor
from notifications import outbox
from notifications.events import heard
from notifications.events.actions.queueing import queue
from notifications.events.actions.standing import EventOver, check_allowed, to_come
from notifications.events.heard import Heard
from notifications.events.models import Event, Kind

FARTHEST: Final = timedelta(days=730)  # an event lies ahead, and not in another decade [D]


@transaction.atomic
def plan(
    *,
    branch: Branch,
    name: str,
    place: str,
    starts_at: datetime,
    seats: int,
    seats_a_household: int,
    by: Actor,
    at: datetime,
) -> Event:
    """
    Plan an event of a branch.

    :raises moves.NotAllowed: if the actor may not plan care there.
    """
    if not access.may(by, Permission.CARE_PLAN, on=branch, at=at):
        raise moves.NotAllowed(Permission.CARE_PLAN.value)
    _check_day(starts_at, at=at)
    event = Event.objects.create(
        branch=branch,
        branch_path=branch.path,
        name=name,
        place=place,
        starts_at=starts_at,
        seats=seats,
        seats_a_household=seats_a_household,
        made_at=at,
        **by.columns(),
    )
    trail.record("event.planned", by=by, at=at, object=event, branch=branch.pk, seats=seats)
    return event


@transaction.atomic
def move(event: Event, *, starts_at: datetime, place: str, by: Actor, at: datetime) -> int:
    """
    Give an event another day, hour or place, and return how many are written to.

    Everybody invited hears of it who did not say no. Answers are kept: a family need do nothing, and
    may say otherwise. An invitation that has not left yet says the new day by itself.

    :raises EventOver: if it was called off or has begun.
    :raises moves.Refused: if nothing of it changes, or the day does not lie ahead.
    :raises moves.NotAllowed: if the actor may not plan care there.
    """
    vault.lock(*event.invitations.values_list("subject_id", flat=True))
    event = to_come(event, at=at)
    check_allowed(event, Permission.CARE_PLAN, by=by, at=at)
    _check_day(starts_at, at=at)
    if (event.starts_at, event.place) == (starts_at, place):
        raise moves.Refused([_("Day, hour and place are what they were.")], move="move")
    before = heard.of_event(event)
    waiting = heard.messages_of(before, [Kind.CHANGED, Kind.REMINDER])
    outbox.cancel(waiting, why="event_changed", by=by, at=at)
    event.starts_at, event.place, event.moved_at = starts_at, place, _moved_at(event, before, at=at)
    event.save(update_fields=["starts_at", "place", "moved_at"])
    trail.record("event.moved", by=by, at=at, object=event, branch=event.branch_id)
    now = heard.of_event(event)
    return queue([one for one in now if one.kind(at=at) == Kind.CHANGED], Kind.CHANGED, due_at=at, at=at)


@transaction.atomic
def call_off(event: Event, *, by: Actor, at: datetime) -> int:
    """
    Call an event off, and return how many are written to. Twice is once.

    What has not left is cancelled. Everybody invited hears of it who did not say no: nobody had to
    answer, and who did not may come.

    :raises moves.NotAllowed: if the actor may not plan care there.
    """
    vault.lock(*event.invitations.values_list("subject_id", flat=True))
    event = Event.objects.select_for_update().get(pk=event.pk)
    check_allowed(event, Permission.CARE_PLAN, by=by, at=at)
    if event.called_off_at is not None:
        return 0
    waiting = heard.messages_of(heard.of_event(event), Kind)
    outbox.cancel(waiting, why="event_called_off", by=by, at=at)
    event.called_off_at = at
    event.save(update_fields=["called_off_at"])
    trail.record("event.called_off", by=by, at=at, object=event, branch=event.branch_id)
    now = heard.of_event(event)
    return queue([one for one in now if one.kind(at=at) == Kind.OFF], Kind.OFF, due_at=at, at=at)


@transaction.atomic
def thank(event: Event, *, by: Actor, at: datetime) -> int:
    """
    Thank every household that was there, once.

    :raises EventOver: if it was called off, or has not begun.
    :raises moves.NotAllowed: if the actor may not send there.
    """
    vault.lock(*event.invitations.values_list("subject_id", flat=True))
    event = Event.objects.select_for_update().get(pk=event.pk)
    check_allowed(event, Permission.CARE_SEND, by=by, at=at)
    if event.called_off_at is not None or event.starts_at > at:
        raise EventOver([_("Thanks go out after the event.")])
    event.thanked_at = event.thanked_at or at
    event.save(update_fields=["thanked_at"])
    trail.record("event.thanked", by=by, at=at, object=event, branch=event.branch_id)
    there = [one for one in heard.of_event(event) if one.kind(at=at) == Kind.THANKS]
    return queue(there, Kind.THANKS, due_at=at, at=at)


def _moved_at(event: Event, before: Iterable[Heard], *, at: datetime) -> datetime:
    """Return from when another day stands: after all that was heard while the move waited for its locks."""
    heard_at = [one.last() for one in before]
    if event.moved_at is not None:
        heard_at.append(event.moved_at)
    return max([at, *(moment + timedelta(microseconds=1) for moment in heard_at)])


def _check_day(starts_at: datetime, *, at: datetime) -> None:
    if not at < starts_at < at + FARTHEST:
        raise moves.Refused([_("Choose a day to come, within two years.")], move="plan")
