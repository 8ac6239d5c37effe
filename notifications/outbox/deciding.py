"""Settle a message that may have arrived: by a person, by a list, or by a copy that two people agree to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial, reduce
from operator import or_
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation import access, approvals, moves, trail, vault
from foundation.access import Permission
from foundation.approvals import Approval
from foundation.trail import Actor, ActorKind
from notifications.message_states import REACHED_ALREADY
from notifications.outbox import following, queueing
from notifications.outbox.models import Message
from notifications.outbox.querysets import MessageQuerySet
from notifications.outbox.states import ARRIVED, WAITING, MessageState
from notifications.plans.states import WHO_DOES
from notifications.plans.whys import Why

RESEND: Final = "outbox.resend"
LEFT_OUT: Final = "left_out"
DID_NOT_ARRIVE: Final = "did_not_arrive"
SENT_AGAIN: Final = "sent_again"
_DECIDED: Final = frozenset({LEFT_OUT, DID_NOT_ARRIVE, SENT_AGAIN})  # by a person, who could not know
_ID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class NotUnknown(moves.Refused):
    """Somebody has decided about this message already."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a list of accepted messages said: settled now, known before, naming nothing of ours."""

    settled: int
    known: int
    strange: int


@transaction.atomic
def decide(message: Message, *, arrived: bool, by: Actor, at: datetime) -> Message:
    """
    Write down what a person found out about a message that may have been sent.

    One that did not arrive is not sent again by this: see ``ask_resend``.

    :raises NotUnknown: if it was decided before. :raises moves.NotAllowed: if it is not the actor's to say.
    """
    vault.lock(message.subject_id)
    _theirs(message, by=by, at=at)
    if arrived:
        _decided(message, MessageState.SENT, why="decided", by=by, at=at, sent_at=message.begun_at or at)
    else:
        _decided(message, MessageState.CANCELLED, why=DID_NOT_ARRIVE, by=by, at=at)
    return Message.objects.get(pk=message.pk)


@transaction.atomic
def ask_resend(message: Message, *, by: Actor, at: datetime, reason: str = "") -> Approval | Message:
    """
    Send a message again of which nobody knows whether it arrived.

    To the bereaved only when a second person agrees: they may get it twice.

    :returns: the question to the second person; or the new message, where none is needed.
    :raises NotUnknown: if it was decided before. :raises moves.NotAllowed: if it is not the actor's to ask.
    """
    vault.lock(message.subject_id)
    _theirs(message, by=by, at=at)
    message = Message.objects.select_related("subject").get(pk=message.pk)
    if message.state != MessageState.UNKNOWN:
        raise NotUnknown([_("Somebody has decided about this message already.")])
    if message.bereaved:
        return approvals.ask(RESEND, message, by=by, at=at, reason=reason)
    return _again(message, by=by, at=at)


@transaction.atomic
def decide_many(found: MessageQuerySet, *, go: bool, by: Actor, at: datetime) -> int:
    """
    Let go, or leave out, at once what a restored backup left unclear; of the bereaved each is decided alone.

    They were waiting when the backup was made, and everything is asked again before they leave.

    :param found: those that the actor may see.
    :returns: how many there were.
    :raises moves.NotAllowed: if one of them is not the actor's to decide about.
    """
    unclear = found.filter(state=MessageState.UNKNOWN, why=Why.RESTORED, bereaved=False)
    _all_theirs(unclear, by=by, at=at)
    with_touchpoints = list(unclear.filter(touchpoint__isnull=False).select_related("subject"))
    said = (MessageState.DUE, "", None) if go else (MessageState.CANCELLED, LEFT_OUT, at)
    state, why, settled_at = said
    values = {"state": state, "why": why, "settled_at": settled_at, "not_before": None, "told_at": None}
    ids = unclear.order_by().values("pk")
    of_restored = Message.objects.filter(state=MessageState.UNKNOWN, why=Why.RESTORED)
    count = of_restored.filter(pk__in=ids).update(attempts=0, **values)
    for message in with_touchpoints:
        message.state, message.why = state, why
        transaction.on_commit(partial(following.follow, message, at=at), robust=True)
    if count:
        trail.record("messages.decided", by=by, at=at, branch=by.branch, reason=why or "let_go", count=count)
    return count


def on_yes(approval: Approval, *, by: Actor, at: datetime) -> None:
    """
    Send again what a second person agreed to.

    :raises NotUnknown: if it was decided meanwhile.
    """
    message = Message.objects.select_related("subject").get(pk=UUID(approval.object_id))
    vault.lock(message.subject_id)
    _again(message, by=by, at=at)


def describe(approval: Approval) -> str | Promise:
    """Say what is asked, without a word about the person."""
    message = Message.objects.filter(pk=approval.object_id).first()
    if message is None or message.begun_at is None:
        return _("Send a message again that may have arrived already")
    return _("Send a message of %(on)s again that may have arrived already") % {
        "on": message.begun_at.date().isoformat()
    }


def reconcile(lines: Iterable[str], *, by: Actor, at: datetime) -> Reconciled:
    """
    Settle unknown messages by a list of what a provider accepted: our ids, one a line.

    What stands on the list arrived, whatever somebody decided before. What does not stand there stays
    for a person to decide.

    :raises moves.NotAllowed: at the first that is not the actor's to settle.
    """
    settled = known = strange = 0
    for line in filter(None, map(str.strip, lines)):
        message = _named(line)
        if message is None:
            strange += 1
        elif arrived(message, by=by, at=at):
            settled += 1
        else:
            known += 1
    return Reconciled(settled, known, strange)


@transaction.atomic
def arrived(message: Message, *, by: Actor, at: datetime) -> bool:
    """
    Believe a provider that a message arrived: an unknown one, and one that was thought not to have.

    Its copy that has not left is taken back. While it is being handed over, it is kept should the worker
    not come back. Return whether the message counts as sent by this.

    :raises moves.NotAllowed: if it is not the actor's to settle.
    """
    if message.state == MessageState.SENT:
        return False
    vault.lock(message.subject_id)
    _theirs(message, by=by, at=at)
    if Message.objects.filter(pk=message.pk, state=MessageState.SENDING).update(why=ARRIVED):
        return False
    message = Message.objects.select_related("subject").get(pk=message.pk)
    came = _may_be_with_them(message)
    if came and _copy_is_taken_back(message, by=by, at=at):
        sent_at = message.begun_at or at
        _decided(message, MessageState.SENT, why="reconciled", by=by, at=at, came=came, sent_at=sent_at)
        return True
    return False


@transaction.atomic
def not_delivered(message: Message, *, by: Actor, at: datetime) -> bool:
    """
    Settle an unknown message of which the provider tells that it did not arrive.

    No other way is tried by this: a person sees that nobody was reached. Return whether it was unknown.
    """
    vault.lock(message.subject_id)
    try:
        _decided(message, MessageState.FAILED, why="not_delivered", by=by, at=at)
    except NotUnknown:
        return False
    return True


def _theirs(message: Message, *, by: Actor, at: datetime) -> None:
    """Ask the staff for the right to send such messages; commands and a provider's word have no rights."""
    rights = (Permission.CARE_SEND,) if message.bereaved else WHO_DOES
    if by.kind == ActorKind.STAFF and not any(access.may(by, one, on=message, at=at) for one in rights):
        raise moves.NotAllowed(rights[0].value)


def _all_theirs(unclear: MessageQuerySet, *, by: Actor, at: datetime) -> None:
    """Ask the same about very many, in one query."""
    if by.kind != ActorKind.STAFF:
        return
    scopes = [access.scope_of(by.id, right, at=at) for right in WHO_DOES]
    theirs = reduce(or_, (scope.q("branch_path") for scope in scopes))
    if unclear.exclude(theirs).exists():
        raise moves.NotAllowed(WHO_DOES[0].value)


def _named(line: str) -> Message | None:
    found = _ID.search(line)
    return Message.objects.select_related("subject").filter(pk=UUID(found[0])).first() if found else None


def _may_be_with_them(message: Message) -> tuple[MessageState, ...]:
    """Return the states from which a provider's word is believed; none where there is nothing to believe."""
    waiting = (*WAITING, MessageState.UNKNOWN)  # after a backup was put back, one that left may wait still
    if message.state in waiting:
        return waiting
    return (MessageState(message.state),) if message.why in _DECIDED else ()


def _copy_is_taken_back(message: Message, *, by: Actor, at: datetime) -> bool:
    """
    Have no copy of one that was sent again leave any more; return whether none has, and none may have.

    A copy counts as failed by this, which alone lets the database take the first one as sent.
    """
    if message.why != SENT_AGAIN:
        return True
    same = Message.objects.filter(subject=message.subject_id, occasion=message.occasion)
    copy = same.filter(touchpoint=message.touchpoint_id).exclude(state=MessageState.FAILED).first()
    if copy is None:
        return True
    values = {"state": MessageState.FAILED, "why": REACHED_ALREADY, "settled_at": at, "lease_until": None}
    stays = (*WAITING, MessageState.CANCELLED)
    if not Message.objects.filter(pk=copy.pk, state__in=stays).update(**values):
        return False
    trail.record("message.decided", by=by, at=at, object=copy, reason=REACHED_ALREADY, state=values["state"])
    return True


def _again(message: Message, *, by: Actor, at: datetime) -> Message:
    """Close the first copy as failed, which alone lets the database take a second."""
    _decided(message, MessageState.FAILED, why=SENT_AGAIN, by=by, at=at)
    copy = queueing.copy(message, channel=message.channel, at=at)
    if copy is None:
        raise NotUnknown([_("Another copy of this message stands in the queue already.")])
    return copy


def _decided(
    message: Message,
    state: MessageState,
    *,
    why: str,
    by: Actor,
    at: datetime,
    came: Sequence[MessageState] = (MessageState.UNKNOWN,),
    sent_at: datetime | None = None,
) -> None:
    values = {} if sent_at is None else {"sent_at": sent_at}
    undecided = Message.objects.filter(pk=message.pk, state__in=came)
    if not undecided.update(state=state, why=why, settled_at=at, lease_until=None, **values):
        raise NotUnknown([_("Somebody has decided about this message already.")])
    message.state, message.why = state, why
    trail.record("message.decided", by=by, at=at, object=message, reason=why, state=str(state))
    following.after(message, at=at)
