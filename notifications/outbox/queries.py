"""How the outbox stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count

from notifications.outbox.models import Message, OutboxEpoch
from notifications.outbox.states import OURS, MessageState

LATE: Final = timedelta(minutes=5)


def counts() -> dict[str, int]:
    """Return how many messages stand in each state, those without any left out."""
    found = dict(Message.objects.order_by().values_list("state").annotate(Count("pk")))
    return {state: found[state] for state in MessageState.values if state in found}


def late(*, at: datetime) -> int:
    """Return how many are due for so long that workers or beat do not seem to run."""
    return Message.objects.due(at - LATE).count()


def kept_back() -> dict[str, int]:
    """Return how many wait for a fault of ours, by its code."""
    waiting = Message.objects.filter(state=MessageState.DUE, why__in=OURS)
    return dict(waiting.order_by("why").values_list("why").annotate(Count("pk")))


def held_because() -> str:
    """Return why everything is held, as a code; "" where it is not."""
    return OutboxEpoch.objects.filter(held_at__isnull=False).values_list("held_why", flat=True).first() or ""
