"""What the gateway tells: a receipt of one message, or that somebody wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from foundation.trail import Actor
from notifications import outbox
from notifications.answers import mails
from notifications.answers.actions.receiving import came_back, received
from notifications.channel_names import Channel
from notifications.outbox.models import Message
from notifications.outbox.states import REACHED
from notifications.recipients.models import Reach

DELIVERED: Final = "delivered"
FAILED: Final = "failed"
# What a provider says of a number that is nobody's: another message to it is in vain.
WRONG: Final = frozenset({"no_such_number", "invalid_number", "recycled"})


@dataclass(frozen=True, slots=True)
class Told:
    """One receipt: of which message, by our id or the provider's; whether it arrived; why not, as a code."""

    id: str
    status: str
    code: str = ""


def told(receipt: Told, *, by: Actor, at: datetime) -> bool:
    """
    Take one receipt; told again it changes nothing. Return whether it names a message of ours.

    An unknown message is settled by it. One that counted as sent and did not arrive stands on the
    list of the desk; one to a number that is nobody's marks the number, too.
    """
    message = _named(receipt.id)
    if message is None:
        return False
    if receipt.status == DELIVERED:
        outbox.arrived(message)
        outbox.reconcile([str(message.pk)], by=by, at=at)
    elif receipt.status == FAILED:
        wrong = receipt.code in WRONG
        settled = outbox.not_delivered(message, by=by, at=at)
        if wrong or not settled:
            came_back(message, state=Reach.WRONG if wrong else None, by=by, at=at)
    return True


@transaction.atomic
def mail(raw: bytes, *, by: Actor, at: datetime) -> str:
    """Take one e-mail that came in, and return what it was: came_back, reply, or nothing."""
    found = mails.read(raw)
    if isinstance(found, mails.CameBack):
        message = _sent_by_email(found.ours)
        if message is None or not found.for_good:
            return "nothing"
        came_back(message, state=Reach.BOUNCED, by=by, at=at)
        return "came_back"
    if isinstance(found, mails.Reply):
        to = _sent_by_email(found.ours) if found.ours else None
        received(Channel.EMAIL, found.sender, found.words, provider_id=found.id, by=by, at=at, to=to)
        return "reply"
    return "nothing"


def _sent_by_email(ours: UUID) -> Message | None:
    sent = Message.objects.filter(channel=Channel.EMAIL, state__in=REACHED)
    return sent.select_related("subject", "touchpoint__plan").filter(pk=ours).first()


def _named(text: str) -> Message | None:
    same = Message.objects.select_related("subject").filter(state__in=REACHED)
    try:
        found = same.filter(pk=UUID(text)).first()
    except ValueError:
        found = None
    return found or (same.filter(provider_id=text[:128]).first() if text else None)
