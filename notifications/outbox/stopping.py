"""Hold, release and cancel messages that have not left; wait for those that are leaving before an answer."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from foundation import trail
from foundation.moves.stops import SETTLING, Stop
from foundation.trail import Actor
from notifications.message_states import QUEUED
from notifications.outbox import following, queueing
from notifications.outbox.models import Message, Refusal
from notifications.outbox.querysets import MessageQuerySet
from notifications.outbox.states import WAITING, MessageState

STOPPED: Final = "notifications.messages"
HANDED_OVER: Final = "notifications.handed_over"
PATIENCE: Final = SETTLING.total_seconds()
TICK: Final = 0.05  # seconds between two looks


@transaction.atomic
def hold(messages: MessageQuerySet | Iterable[Message], *, why: str, by: Actor, at: datetime) -> int:
    """Hold messages that have not left until somebody releases them, and return how many."""
    return _each(
        messages,
        QUEUED,
        MessageState.HELD,
        verb="message.held",
        why=why,
        by=by,
        at=at,
    )


@transaction.atomic
def hold_on(messages: MessageQuerySet, *, was: str, why: str, by: Actor, at: datetime) -> int:
    """Hold for another reason from now on what is held for one that is over, and return how many."""
    held = messages.filter(state=MessageState.HELD, why=was)
    came = (MessageState.HELD,)
    return _each(held, came, MessageState.HELD, verb="message.held", why=why, by=by, at=at)


@transaction.atomic
def release(messages: MessageQuerySet | Iterable[Message], *, by: Actor, at: datetime) -> int:
    """Let messages that are held go on; everything is asked again before they leave."""
    held = (MessageState.HELD,)
    freed = _each(messages, held, MessageState.DUE, verb="message.released", why="", by=by, at=at)
    if freed:
        ids = [message.pk for message in messages]
        transaction.on_commit(partial(queueing.wake, ids, at=at), robust=True)
    return freed


@transaction.atomic
def cancel(messages: MessageQuerySet | Iterable[Message], *, why: str, by: Actor, at: datetime) -> int:
    """Cancel messages that have not left, and return how many."""
    return _each(messages, WAITING, MessageState.CANCELLED, verb="message.cancelled", why=why, by=by, at=at)


@transaction.atomic
def cancel_for(
    subject_id: UUID, *, why: str, by: Actor, at: datetime, channels: Iterable[str] | None = None
) -> Stop:
    """
    Cancel everything that has not left to a person, and wait after the commit for what is leaving.

    :param channels: of these alone; without it, of every one.
    :returns: the line of a receipt. Its ``settle`` names what was already handed over.
    """
    messages = Message.objects.filter(subject=subject_id)
    if channels is not None:
        messages = messages.filter(channel__in=list(channels))
    count = cancel(messages.waiting(), why=why, by=by, at=at)
    transaction.on_commit(partial(wait, [subject_id]), robust=True)
    return Stop(STOPPED, at, count=count, settle=partial(_settled, subject_id, count, at))


def wait(subject_ids: Iterable[UUID], *, patience: float = PATIENCE) -> list[UUID]:
    """
    Wait until nothing is being handed over to these people, or patience ends.

    Called after the commit and before the answer, so that nothing leaves once it was answered.

    :param patience: seconds.
    :returns: the messages that are still being handed over.
    """
    leaving = Message.objects.filter(subject__in=list(subject_ids), state=MessageState.SENDING)
    until = time.monotonic() + patience
    while (ids := list(leaving.values_list("pk", flat=True))) and time.monotonic() < until:
        if connection.in_atomic_block:  # nobody else's word is seen from here
            break
        time.sleep(TICK)
    return ids


def _settled(subject_id: UUID, count: int, at: datetime, _deadline: datetime) -> Stop:
    """Say how it stands. The waiting was done when the change was committed."""
    remains = HANDED_OVER if wait([subject_id], patience=0.0) else ""
    return Stop(STOPPED, at, count=count, remains=remains)


def _each(
    messages: MessageQuerySet | Iterable[Message],
    came: tuple[MessageState, ...],
    state: MessageState,
    *,
    verb: str,
    why: str,
    by: Actor,
    at: datetime,
) -> int:
    """Move each by a conditional update: one whose hand-over has begun is left as it is."""
    values: dict[str, object] = {"state": state, "why": why[:48], "lease_until": None}
    if state == MessageState.CANCELLED:
        values["settled_at"] = at
    done = 0
    for message in sorted(messages, key=lambda one: one.pk):
        if not Message.objects.filter(pk=message.pk, state__in=came).update(**values):
            continue
        done += 1
        message.state, message.why = state, why[:48]
        if why:
            Refusal.objects.create(message=message, at=at, why=why[:48])
        trail.record(verb, by=by, at=at, object=message, reason=why, channel=str(message.channel))
        following.after(message, at=at)
    return done
