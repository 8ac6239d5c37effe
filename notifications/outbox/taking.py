"""
Begin to hand a message over that was claimed, and write down how it went: each by a conditional update.

Whoever holds the claim, told by ``claimed_by``, alone writes the result. The claim and the beginning are
committed before anything leaves: a crash in between leaves a row that says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F

from foundation import standing, trail, trips, vault
from foundation.access import task_actor
from foundation.standing import ID, MOMENT, TEXT, Asked, slot
from foundation.vault.fields import sealed_fields
from notifications.outbox import claiming, following
from notifications.outbox.models import Message, Refusal
from notifications.outbox.querysets import MessageQuerySet
from notifications.outbox.states import ARRIVED, OURS, MessageState

SEALED: Final = ("seal_version", *(field.attname for field in sealed_fields(Message)))


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that may be handed over now: to whom, where, in which words of which version."""

    recipient: Any
    address: str
    rendered: Any  # wordings.Rendered: subject, text, html, version


@dataclass(frozen=True, slots=True)
class NotNow:
    """
    Why a message is not handed over.

    :param state: what it becomes: DUE (asked again after ``until``), HELD (until a person mends it),
        CANCELLED, or FAILED (by this channel; another may be tried).
    """

    why: str
    state: MessageState
    until: datetime | None = None


@transaction.atomic
def begin_sending(
    message: Message, *, at: datetime, ask: Callable[..., Ready | NotNow], ahead: Iterable[Asked] = ()
) -> Ready | NotNow | None:
    """
    Ask everything again under the person's lock, and mark the message as being handed over.

    A withdrawal, a death report or a hold that commits first is seen here; one that comes
    later sees SENDING, and waits. To be committed before the hand-over.

    :param ask: answers for one message, with every question of the rooms around.
    :param ahead: what it will probably ask, to be asked in one go once the lock is held.
    :returns: what to hand over; or why not, written down; or None where the claim was lost.
    """
    with standing.at_hand(*vault.locking(message.subject_id), *claiming.asked(message), *ahead):
        vault.lock(message.subject_id)
        message.begun = time.monotonic()
        if claiming.read_again(message):
            _mine(message, MessageState.CLAIMED).update(
                state=MessageState.DUE, lease_until=None, attempts=F("attempts") - 1
            )
            return None
        with vault.at_hand(message.subject.key):
            answer = ask(message, at=at)
    return _begun(message, answer, at=at)


def _begun(message: Message, answer: Ready | NotNow, *, at: datetime) -> Ready | NotNow | None:
    if isinstance(answer, NotNow):
        return answer if _refused(message, answer, at=at) else None
    message.language = answer.recipient.language
    _seal(message, answer)
    with trips.last():
        begun = _BEGUN.make(
            pk=message.pk,
            token=message.claimed_by,
            at=at,
            lease=claiming.lease(at),
            language=message.language,
            version=message.version_id,
            **{name: getattr(message, name) for name in SEALED},
        )
    return answer if begun else None


@transaction.atomic
def settle(message: Message, *, at: datetime, provider_id: str = "") -> bool:
    """
    Write down that a message was handed over.

    Also where its lease ended meanwhile and it was left to a person: who sent it knows better.
    """
    said = {"provider_id": provider_id[:128], "at": at}
    with trips.first():
        sent = _SENT.make(pk=message.pk, token=message.claimed_by, **said)
    if not sent:
        return False
    message.state, message.why = MessageState.SENT, ""
    following.after(message, at=at)
    with trips.last():
        _record(message, "message.sent", at=at)
    return True


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
    freed = _mine(message, MessageState.CLAIMED, MessageState.SENDING).update(
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
    if _mine(message, MessageState.SENDING).filter(why=ARRIVED).exists():
        return settle(message, at=at)
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
    with the person: it is left to somebody to decide, unless it may be sent twice.
    """
    late = Message.objects.filter(lease_until__lt=at).select_related("subject")
    count = 0
    for message in late.filter(state=MessageState.CLAIMED):
        count += _mine(message, MessageState.CLAIMED).update(state=MessageState.DUE, lease_until=None)
    for message in late.filter(state=MessageState.SENDING):
        count += leave_to_a_person(message, at=at, why="worker_lost")
    return count


def _mine(message: Message, *states: MessageState) -> MessageQuerySet:
    return Message.objects.filter(pk=message.pk, claimed_by=message.claimed_by, state__in=states)


def _refused(message: Message, answer: NotNow, *, at: datetime) -> bool:
    settled = {} if answer.state in {MessageState.DUE, MessageState.HELD} else {"settled_at": at}
    asked_in_vain = {"attempts": F("attempts") - 1} if answer.state == MessageState.DUE else {}
    done = _mine(message, MessageState.CLAIMED).update(
        state=answer.state,
        why=answer.why[:48],
        not_before=answer.until,
        lease_until=None,
        **settled,
        **asked_in_vain,
    )
    if not done:
        return False
    message.state, message.why = answer.state, answer.why[:48]
    _note(message, answer, at=at)
    if answer.state != MessageState.DUE:
        _tell(message, "message.refused", at=at)
    return True


def _note(message: Message, answer: NotNow, *, at: datetime) -> None:
    """Write down why it was not sent; what is asked again and refused for the same reason is one line."""
    why = answer.why[:48]
    if not Refusal.objects.filter(message=message, why=why).update(at=at, until=answer.until):
        Refusal.objects.create(message=message, at=at, why=why, until=answer.until)


def _end(
    message: Message,
    state: MessageState,
    *,
    at: datetime,
    verb: str,
    came: tuple[MessageState, ...],
    **values: Any,
) -> bool:
    if not _mine(message, *came).update(state=state, settled_at=at, lease_until=None, **values):
        return False
    message.state, message.why = state, values["why"]
    _tell(message, verb, at=at)
    return True


def _tell(message: Message, verb: str, *, at: datetime) -> None:
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


def _seal(message: Message, ready: Ready) -> None:
    """Keep what is handed over, and where to, under the recipient's own key."""
    message.version_id = getattr(ready.rendered.version, "pk", ready.rendered.version)
    if message.subject.key is not None:
        words = f"{ready.rendered.subject}\n\n{ready.rendered.text}".strip()
        vault.seal(message, key=message.subject.key, sent_to=ready.address, words=words)


def _slots(*names: str) -> dict[str, Any]:
    """Return a slot for each of these columns of a message, by its name."""
    return {name: slot(name, Message._meta.get_field(name)) for name in names}


def _held_by_token(*states: MessageState) -> MessageQuerySet:
    return Message.objects.filter(pk=slot("pk", ID), claimed_by=slot("token", TEXT), state__in=states)


_BEGUN: Final = standing.Change(
    lambda: (
        _held_by_token(MessageState.CLAIMED),
        {
            "state": MessageState.SENDING,
            "begun_at": slot("at", MOMENT),
            "lease_until": slot("lease", MOMENT),
            "version": slot("version", ID),
            **_slots("language", *SEALED),
        },
    )
)
_SENT: Final = standing.Change(
    lambda: (
        _held_by_token(MessageState.SENDING, MessageState.UNKNOWN),
        {
            "state": MessageState.SENT,
            "settled_at": slot("at", MOMENT),
            "sent_at": slot("at", MOMENT),
            "lease_until": None,
            "why": "",
            **_slots("provider_id"),
        },
    )
)
