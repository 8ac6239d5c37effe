"""
Write down how a message went that was taken up: each by a conditional update.

Whoever holds the claim, told by ``claimed_by``, alone writes the result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from foundation import standing, trail, trips, vault
from foundation.access import task_actor
from foundation.standing import ID, MOMENT, TEXT, Asked, slot
from notifications.outbox import following
from notifications.outbox.fences import fenced
from notifications.outbox.models import Message, Refusal
from notifications.outbox.querysets import MessageQuerySet
from notifications.outbox.states import ARRIVED, OURS, MessageState


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was handed over, when, and under which id at whoever took it."""

    message: Message
    at: datetime
    provider_id: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """What is written down."""
        said = {"provider_id": self.provider_id[:128], "at": self.at}
        return {"pk": self.message.pk, "token": self.message.claimed_by, **said}


@transaction.atomic
def settle(sent: Sent) -> bool:
    """
    Write down that a message was handed over.

    Also where its lease ended meanwhile and it was left to a person: who sent it knows better.
    """
    with trips.first():
        record = settled(sent)
    if record is None:
        return False
    following.after(sent.message, at=sent.at)
    with trips.last():
        record()
    return True


def settled(sent: Sent) -> Callable[[], None] | None:
    """
    Write it down within the caller's transaction, but for its line of the trail, and for what follows.

    :returns: what writes that line; None where there was nothing to write down.
    """
    message = sent.message
    if not _SENT.make(**sent.values):
        return None
    message.state, message.why = MessageState.SENT, ""
    return partial(_record, message, "message.sent", at=sent.at)


def follow_up(sent: Sent) -> None:
    """See to what follows from a message that was written down with the beginning of another."""
    following.after(sent.message, at=sent.at)


def asked(sent: Sent) -> list[Asked]:
    """Return what ``settled`` will say, to be said with other things."""
    return [_SENT.about(**sent.values)]


@transaction.atomic
def free(message: Message, *, at: datetime, why: str) -> bool:
    """
    Let go of a message that surely did not leave; it is tried again later, and fails after many times.

    What is a fault of ours says nothing of the person's way: it is tried until it is mended.
    """
    if message.attempts >= settings.OUTBOX_TRIES and why not in OURS:
        return fail(message, at=at, why=why)
    pause = min(settings.OUTBOX_BACKOFF_SECONDS * 2 ** (message.attempts - 1), settings.OUTBOX_BACKOFF_MOST)
    until = at + timedelta(seconds=pause)
    freed = mine(message, MessageState.CLAIMED, MessageState.SENDING).update(
        state=MessageState.DUE, lease_until=None, not_before=until, why=why[:48]
    )
    if freed:
        Refusal.objects.create(message=message, at=at, why=why[:48], until=until)
    return bool(freed)


@transaction.atomic
def leave_to_a_person(message: Message, *, at: datetime, why: str) -> bool:
    """
    Write down that nobody can tell whether a message arrived.

    One that may be sent twice goes back to the queue; any other stands on a person's list. One whose
    receipt came meanwhile was sent.
    """
    if mine(message, MessageState.SENDING).filter(why=ARRIVED).exists():
        return settle(Sent(message, at))
    if message.at_least_once and message.attempts < settings.OUTBOX_TRIES:
        return free(message, at=at, why=why)
    return _end(
        message,
        MessageState.UNKNOWN,
        at=at,
        verb="message.unknown",
        came=(MessageState.SENDING,),
        why=why[:48],
    )


@transaction.atomic
def fail(message: Message, *, at: datetime, why: str) -> bool:
    """Write down that a message was surely not handed over, and will not be by this channel."""
    vault.lock(message.subject_id)  # first of all: another way may be tried, and a new row asks for it
    came = (MessageState.CLAIMED, MessageState.SENDING)
    ended = _end(message, MessageState.FAILED, at=at, verb="message.failed", came=came, why=why[:48])
    if ended:
        Refusal.objects.create(message=message, at=at, why=why[:48])
    return ended


def lapse(*, at: datetime) -> int:
    """
    See to messages whose worker was silent too long, and return how many there were.

    One that was only taken up was surely not handed over. One that was being handed over may be
    with the person: it is left to somebody to decide, unless it may be sent twice. One of which that
    cannot be written down keeps no other back.
    """
    late = Message.objects.filter(lease_until__lt=at).select_related("subject")
    count = 0
    for message in late.filter(state=MessageState.CLAIMED):
        with fenced("message.not_freed", message.pk):
            count += mine(message, MessageState.CLAIMED).update(state=MessageState.DUE, lease_until=None)
    for message in late.filter(state=MessageState.SENDING):
        with fenced("message.not_left_to_a_person", message.pk):
            count += leave_to_a_person(message, at=at, why="worker_lost")
    return count


def mine(message: Message, *states: MessageState) -> MessageQuerySet:
    """Return the row of a message where it is in one of these states, and the claim is still held."""
    return Message.objects.filter(pk=message.pk, claimed_by=message.claimed_by, state__in=states)


def _end(
    message: Message,
    state: MessageState,
    *,
    at: datetime,
    verb: str,
    came: tuple[MessageState, ...],
    **values: Any,
) -> bool:
    if not mine(message, *came).update(state=state, settled_at=at, lease_until=None, **values):
        return False
    message.state, message.why = state, values["why"]
    tell(message, verb, at=at)
    return True


def tell(message: Message, verb: str, *, at: datetime) -> None:
    """Let the trail know, and what follows from it: its touchpoint, another way."""
    _record(message, verb, at=at)
    following.after(message, at=at)
    following.fall_back(message, at=at)


def _record(message: Message, verb: str, *, at: datetime) -> None:
    trail.record(
        verb,
        by=task_actor("notifications.deliver"),
        at=at,
        object=message,
        branch=message.subject.branch_id,
        reason=message.why,
        channel=str(message.channel),
    )


def slots(*names: str) -> dict[str, Any]:
    """Return a slot for each of these columns of a message, by its name."""
    return {name: slot(name, Message._meta.get_field(name)) for name in names}


def held_by_token(*states: MessageState) -> MessageQuerySet:
    """Return what ``mine`` does, with slots for the message and the claim."""
    return Message.objects.filter(pk=slot("pk", ID), claimed_by=slot("token", TEXT), state__in=states)


_SENT: Final = standing.Change(
    lambda: (
        held_by_token(MessageState.SENDING, MessageState.UNKNOWN),
        {
            "state": MessageState.SENT,
            "settled_at": slot("at", MOMENT),
            "sent_at": slot("at", MOMENT),
            "lease_until": None,
            "why": "",
            **slots("provider_id"),
        },
    )
)
