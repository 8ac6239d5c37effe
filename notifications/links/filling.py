"""The links of a message, made for this one copy when it is sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from notifications.links import making
from notifications.links.purposes import Purpose
from notifications.outbox import Message


def fill(message: Message, names: Collection[str], *, at: datetime) -> dict[str, str]:
    """
    Return the links that the words of a message ask for.

    An invitation is answered under the message's occasion, questions under the step they belong to.
    """
    step = message.touchpoint.key if message.touchpoint else message.occasion
    matters = {
        Purpose.STOP: str(message.channel),
        Purpose.REPLY: message.occasion,
        Purpose.FOLLOW_UP: step,
    }
    return making.fields(message.subject, names, at=at, matters=matters)


def stop(message: Message, *, at: datetime) -> str:
    """Return the address by which a mail program stops such messages."""
    return making.unsubscribe(message.subject, str(message.channel), at=at)
