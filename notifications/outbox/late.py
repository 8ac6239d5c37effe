"""A message whose day is over: a person decides whether a late word is a good one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from notifications.outbox.models import Message
from notifications.outbox.states import MessageState

DAY_OVER: Final = "day_over"  # why it is held


def of_now(message: Message, *, at: datetime) -> None:
    """
    Let a held message whose time has come be one of now: whoever lets it go knows that it is late.

    One whose time is still to come keeps it.

    :param at: from when it may leave.
    """
    held = Message.objects.filter(pk=message.pk, state=MessageState.HELD, due_at__lt=at)
    held.update(due_at=at)
