"""What the gateway tells: a receipt of one message, or that somebody wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from foundation.trail import Actor
from notifications import outbox
from notifications.answers import mails
from notifications.answers.actions.receiving import came_back, received
from notifications.channel_names import Channel
from notifications.outbox.models import Message, MessageState
from notifications.outbox.querysets import MessageQuerySet
from notifications.outbox.states import REACHED
from notifications.recipients.models import Reach

DELIVERED: Final = "delivered"
FAILED: Final = "failed"
BY_GATEWAY: Final = (Channel.SMS, Channel.WECHAT)
# What a provider says of a number that is nobody's: another message to it is in vain.
WRONG: Final = frozenset({"no_such_number", "invalid_number", "recycled"})


@dataclass(frozen=True, slots=True)
class Told:
    """One receipt: of which message, by our id or the gateway's; whether it arrived; why not, as a code."""

    id: str
    status: str
    code: str = ""


def told(receipt: Told, *, by: Actor, at: datetime) -> bool:
    """
    Take one receipt; told again it changes nothing. Return whether it names a message of ours.

    An unknown message is settled by it; one that somebody found not to have arrived counts as sent where
    it did. One that counted as sent and did not arrive stands on the list of the desk; one to a number
    that is nobody's marks the number, too.
    """
    message = _named(receipt.id)
    if message is None:
        return False
    if receipt.status == DELIVERED:
        outbox.arrived(message, by=by, at=at)
    elif receipt.status == FAILED:
        wrong = receipt.code in WRONG
        settled = outbox.not_delivered(message, by=by, at=at)
        if wrong or (not settled and message.state in REACHED):
            came_back(message, state=Reach.WRONG if wrong else None, by=by, at=at)
    return True


def may_be_named_soon() -> bool:
    """
    Return whether a message is being handed over to the gateway.

    The gateway's own id of it is written down when the gateway has answered; a receipt by that id may
    come before.
    """
    return Message.objects.filter(channel__in=BY_GATEWAY, state=MessageState.SENDING).exists()


@transaction.atomic
def mail(raw: bytes, *, by: Actor, at: datetime) -> str:
    """Take one e-mail that came in, and return what it was: came_back, reply, or nothing."""
    found = mails.read(raw)
    if isinstance(found, mails.CameBack):
        message = _left(found.ours).filter(channel=Channel.EMAIL).first()
        if message is None or not found.for_good:
            return "nothing"
        outbox.not_delivered(message, by=by, at=at)
        came_back(message, state=Reach.BOUNCED, by=by, at=at)
        return "came_back"
    if isinstance(found, mails.Reply):
        to = _left(found.ours).first() if found.ours else None
        received(Channel.EMAIL, found.sender, found.words, provider_id=found.id, by=by, at=at, to=to)
        return "reply"
    return "nothing"


def _left(ours: UUID) -> MessageQuerySet:
    """Return the message of this id if it was ever handed over, whatever somebody decided about it since."""
    left = Message.objects.filter(Q(begun_at__isnull=False) | Q(state__in=REACHED), pk=ours)
    return left.select_related("subject", "touchpoint__plan")


def _named(text: str) -> Message | None:
    """Return the message of our id, wherever it stands: a backup may have been put back since it left."""
    same = Message.objects.select_related("subject").filter(channel__in=BY_GATEWAY)
    try:
        found = same.filter(pk=UUID(text)).first()
    except ValueError:
        found = None
    by_theirs = same.filter(provider_id=text[:128], state__in=REACHED)
    return found or (by_theirs.first() if text else None)
