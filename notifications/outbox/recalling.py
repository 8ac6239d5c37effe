"""Take back very many messages at once, in one statement of the database."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation import trail
from foundation.trail import Actor
from notifications.outbox.models import Message
from notifications.outbox.states import MessageState


@transaction.atomic
def recall(occasion: str, *, why: str, by: Actor, at: datetime) -> int:
    """
    Cancel every message of an occasion that has not left; one whose hand-over has begun is left as it is.

    Of what stands on no touchpoint: nothing follows from it but that it does not leave.

    :returns: how many there were.
    """
    waiting = Message.objects.waiting().filter(occasion=occasion, touchpoint=None)
    count = waiting.update(state=MessageState.CANCELLED, why=why, settled_at=at, lease_until=None)
    if count:
        trail.record("messages.cancelled", by=by, at=at, branch=by.branch, reason=why, count=count)
    return count
