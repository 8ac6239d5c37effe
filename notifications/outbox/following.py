"""A touchpoint follows its messages, and an open way takes the place of one that failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from foundation import standing, vault
from foundation.standing import ID, slot
from notifications import recipients
from notifications.channel_names import Channel
from notifications.message_states import GOING, REACHED, MessageState
from notifications.outbox import queueing, standing_in
from notifications.outbox.fences import fenced
from notifications.outbox.models import Message
from notifications.plans import actions as plans
from notifications.plans import sendings
from notifications.plans.actions.following import BY_WORD
from notifications.plans.models import Touchpoint
from notifications.plans.states import STOPPED_ON_ITS_WAY, TouchpointState
from notifications.recipients import Recipient

READ: Final = ("plan__family__giver", "step")  # what is asked of a touchpoint
LOOK_BACK: Final = timedelta(days=30)  # longer than the longest holiday without workers [D]
AT_ONCE: Final = 500
_of_rooms_above: Final[dict[str, Callable[[Message], Sequence[str]]]] = {}


def after(message: Message, *, at: datetime) -> None:
    """
    Let the touchpoint of a message follow, once the message's own change is committed.

    The row of the message is the truth, and waits for no other. What is lost here is caught up by the sweep.
    """
    if message.touchpoint_id is None:
        return
    # Of one that was sent, while others still go, nothing follows yet.
    if message.state != MessageState.SENT or not _OTHERS.ask(touchpoint=message.touchpoint_id):
        transaction.on_commit(partial(follow, message, at=at), robust=True)


def follow(message: Message, *, at: datetime) -> None:
    """Bring the touchpoint of a message to where its messages stand."""
    if message.touchpoint_id is not None:
        _follow(_FOLLOWED.ask(pk=message.touchpoint_id)[0], at=at)


def _follow(touchpoint: Touchpoint, *, at: datetime) -> bool:
    """Return whether it moved; first another stands in for who fell away, else it would count as ended."""
    standing_in.see_to(touchpoint, at=at)
    return plans.follow(touchpoint, at=at) is not None


def catch_up(*, at: datetime) -> int:
    """
    Let touchpoints follow whose messages are all settled, and return how many there were.

    Where one of several fell away, another stands in though others still go. One fault keeps no other back.
    """
    for touchpoint in standing_in.left(at=at):
        with fenced("message.not_stood_in_for", touchpoint.pk):
            standing_in.see_to(touchpoint, at=at)
    going = Message.objects.filter(state__in=GOING).values("touchpoint")
    stopped = Q(state__in=STOPPED_ON_ITS_WAY, messages__state__in=REACHED)
    unknown = Exists(Message.objects.filter(touchpoint=OuterRef("pk"), state=MessageState.UNKNOWN))
    decided = Q(~unknown, state=TouchpointState.UNKNOWN)
    unclear = Q(unknown, state__in=[TouchpointState.SENT, TouchpointState.FAILED])
    left = Touchpoint.objects.filter(
        Q(state=TouchpointState.APPROVED) | stopped | decided | unclear,
        messages__settled_at__gt=at - LOOK_BACK,
    ).exclude(pk__in=going.filter(touchpoint__isnull=False))
    # Who rings, goes there or posts a letter says so, whatever a machine tried before.
    by_machine = left.exclude(channel__in=BY_WORD).exclude(
        channel=Channel.LETTER, state=TouchpointState.APPROVED
    )
    done = 0
    for touchpoint in by_machine.select_related("plan").distinct().order_by("-on_date", "pk")[:AT_ONCE]:
        with fenced("touchpoint.not_followed", touchpoint.pk):
            done += _follow(touchpoint, at=at)
    return done


def fall_back(message: Message, *, at: datetime) -> Message | None:
    """
    Queue a new copy by the next way that is open, after one that surely did not leave.

    Never after one that may have arrived. It is of the same day. Who was to share it has one of their own.
    """
    if message.state != MessageState.FAILED:
        return None
    recipient = recipients.of([message.subject_id]).get(message.subject_id)
    if recipient is None:
        return None
    channel = _next_way(message, recipient)
    found = queueing.copy(message, channel=channel, at=at, due_at=message.due_at) if channel else None
    _to_who_shared(message, recipient, at=at)
    return found


def _to_who_shared(message: Message, recipient: Recipient, *, at: datetime) -> None:
    """Queue copies for whom the failed one was meant too: now, or after the commit where they are busy."""
    if message.touchpoint is None:
        return
    for one in sendings.left_out_for(message.touchpoint, recipient, message.channel):
        queue = partial(_to_one_who_shared, message, one.subject.pk, at=at)
        if vault.lock_if_free(one.subject.pk):  # somebody else is held already: it may not wait
            queue()
        else:
            transaction.on_commit(queue, robust=True)


@transaction.atomic
def _to_one_who_shared(message: Message, subject_id: UUID, *, at: datetime) -> None:
    vault.lock(subject_id)
    recipient = recipients.of([subject_id]).get(subject_id)
    channel = _next_way(message, recipient) if recipient else ""
    if recipient and channel:
        queueing.copy(message, channel=channel, at=at, due_at=message.due_at, to=recipient)


def register(key: str, ways: Callable[[Message], Sequence[str]]) -> None:
    """Let a room above say by which ways, in their order, its messages without a touchpoint may go."""
    _of_rooms_above[key] = ways


def _next_way(message: Message, recipient: Recipient) -> str:
    if message.touchpoint is not None:
        return sendings.next_way(message.touchpoint, recipient)
    ways = [way for ways_of in _of_rooms_above.values() for way in ways_of(message)]
    of_it = Message.objects.filter(subject=message.subject_id, occasion=message.occasion, touchpoint=None)
    tried = set(of_it.filter(state=MessageState.FAILED).values_list("channel", flat=True))
    return sendings.way_to(recipient, ways, tried=tried)


_OTHERS: Final = standing.Question(
    lambda: Message.objects.filter(touchpoint=slot("touchpoint", ID), state__in=GOING).values_list("pk")[:1]
)
_FOLLOWED: Final = standing.Question(
    lambda: Touchpoint.objects.select_related("plan__family__giver").filter(pk=slot("pk", ID))
)
