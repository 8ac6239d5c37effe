"""
Begin to hand a message over that was claimed: everything is asked again, and the beginning is committed.

A crash after it leaves a row that says so. What was handed over just before may be written down in the
same transaction: never more than one message of a process is on its way, and each costs one commit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from foundation import standing, trips, vault
from foundation.standing import ID, MOMENT, Asked, slot
from foundation.vault.fields import sealed_fields
from notifications.outbox import claiming, settling
from notifications.outbox.models import Message, Refusal
from notifications.outbox.settling import Sent
from notifications.outbox.states import MessageState
from notifications.recipients import Recipient
from notifications.wordings import Rendered

SEALED: Final = ("seal_version", *(field.attname for field in sealed_fields(Message)))


class Busy(Exception):
    """Another holds the message, its person or its occasion; nothing was begun, and nothing written down."""


@dataclass(frozen=True, slots=True)
class Ready:
    """
    A message that may be handed over now: to whom, where, in which words, and where it can be stopped.

    :param began: when that was found, by the monotonic clock: before anybody could say no who is not heard.
    """

    recipient: Recipient
    address: str
    rendered: Rendered
    stop_url: str = ""
    began: float = field(default_factory=time.monotonic)


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
    message: Message,
    *,
    at: datetime,
    ask: Callable[..., Ready | NotNow],
    ahead: Iterable[Asked] = (),
    after: Sent | None = None,
) -> Ready | NotNow | None:
    """
    Ask everything again under the person's lock, and mark the message as being handed over.

    A withdrawal, a death report or a hold that commits first is seen here; one that comes
    later sees SENDING, and waits. To be committed before the hand-over.

    :param ask: answers for one message, with every question of the rooms around.
    :param ahead: what it will probably ask, to be asked in one go once the lock is held.
    :param after: what was handed over just before, to be written down with it. What follows from that one may
        wait for people: it is seen to by ``settling.follow_up`` once this one has left.
    :returns: what to hand over; or why not, written down; or None where the claim was lost.
    :raises Busy: if another holds its occasion, of which others have copies too; or the message or its
        person, and there is something to write down. One who holds a row waits for nobody.
    """
    before = settling.asked(after) if after else []
    lock = claiming.locking(message) if after else vault.locking(message.subject_id)
    with standing.at_hand(*before, *lock, *claiming.asked(message), *ahead):
        record = settling.settled(after) if after else None
        _lock(message, may_wait=after is None)
        if claiming.read_again(message):
            answer = None
            settling.mine(message, MessageState.CLAIMED).update(
                state=MessageState.DUE, lease_until=None, attempts=F("attempts") - 1
            )
        else:
            answer = _answer(message, ask, at=at)
    if isinstance(answer, Ready):
        return answer if _begun(message, answer, at=at, before=record) else None
    if record is not None:
        record()
    return answer if answer is not None and _refused(message, answer, at=at) else None


def _answer(message: Message, ask: Callable[..., Ready | NotNow], *, at: datetime) -> Ready | NotNow:
    if not claiming.hold_occasion_if_free(message):
        raise Busy
    with vault.at_hand(message.subject.key):
        return ask(message, at=at)


def _lock(message: Message, *, may_wait: bool) -> None:
    if may_wait:
        vault.lock(message.subject_id)
    elif not claiming.lock_if_free(message):
        raise Busy


def _begun(message: Message, answer: Ready, *, at: datetime, before: Callable[[], None] | None) -> bool:
    message.language = answer.recipient.language
    _seal(message, answer)
    with trips.last(before=before):
        begun = _BEGUN.make(
            pk=message.pk,
            token=message.claimed_by,
            at=at,
            lease=claiming.lease(at),
            language=message.language,
            version=message.version_id,
            **{name: getattr(message, name) for name in SEALED},
        )
    return bool(begun)


def _refused(message: Message, answer: NotNow, *, at: datetime) -> bool:
    settled = {} if answer.state in {MessageState.DUE, MessageState.HELD} else {"settled_at": at}
    asked_in_vain = {"attempts": F("attempts") - 1} if answer.state == MessageState.DUE else {}
    done = settling.mine(message, MessageState.CLAIMED).update(
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
        settling.tell(message, "message.refused", at=at)
    return True


def _note(message: Message, answer: NotNow, *, at: datetime) -> None:
    """Write down why it was not sent; what is asked again and refused for the same reason is one line."""
    why = answer.why[:48]
    if not Refusal.objects.filter(message=message, why=why).update(at=at, until=answer.until):
        Refusal.objects.create(message=message, at=at, why=why, until=answer.until)


def _seal(message: Message, ready: Ready) -> None:
    """Keep what is handed over, and where to, under the recipient's own key."""
    message.version_id = ready.rendered.version.pk
    if message.subject.key is not None:
        words = f"{ready.rendered.subject}\n\n{ready.rendered.text}".strip()
        vault.seal(message, key=message.subject.key, sent_to=ready.address, words=words)


_BEGUN: Final = standing.Change(
    lambda: (
        settling.held_by_token(MessageState.CLAIMED),
        {
            "state": MessageState.SENDING,
            "begun_at": slot("at", MOMENT),
            "lease_until": slot("lease", MOMENT),
            "version": slot("version", ID),
            **settling.slots("language", *SEALED),
        },
    )
)
