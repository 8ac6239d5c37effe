"""Every minute, by the database alone: see to what a lost worker left, and tell of what is due."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from notifications.outbox import epoch, following, queueing, settling
from notifications.outbox.fences import fenced
from notifications.outbox.models import Message


def sweep(*, at: datetime) -> int:
    """
    Tell workers of what is due and what they were not told of lately, and return how many.

    Whatever cannot be seen to stands in the log, and keeps nothing else back.
    """
    with fenced("outbox.not_lapsed"):
        settling.lapse(at=at)
    with fenced("outbox.not_caught_up"):
        following.catch_up(at=at)
    if epoch.advance(at=at):
        return 0
    due = Message.objects.to_tell(at).order_by("due_at", "pk")
    ids = list(due.values_list("pk", flat=True)[: settings.OUTBOX_SWEEP_MOST])
    queueing.wake(ids, at=at)
    return len(ids)
