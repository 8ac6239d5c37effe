"""The links of a message, made for this one copy when it is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from notifications import recipients
from notifications.links import facts, making
from notifications.links.purposes import ASKED_FOR, FIELDS, WITHOUT_A_FACT, Purpose
from notifications.outbox import Message


def fill(message: Message, names: Collection[str], *, at: datetime) -> dict[str, str]:
    """
    Return the links that the words of a message ask for.

    An invitation is answered under the message's occasion, questions under the step they belong to.
    Of whom no second fact is known, no link is made that asks for one: it would open for nobody.
    """
    step = message.touchpoint.key if message.touchpoint else message.occasion
    matters = {
        Purpose.STOP: str(message.channel),
        Purpose.REPLY: message.occasion,
        Purpose.FOLLOW_UP: step,
    }
    known = _fields_of(message)
    asking = [name for name in names if name in known and known[name] not in WITHOUT_A_FACT]
    if asking and not _can_be_asked(message):
        names = [name for name in names if name not in asking]
    return making.fields(message.subject, names, at=at, matters=matters, known=known)


def stop(message: Message, *, at: datetime) -> str:
    """Return the address by which a mail program stops such messages."""
    return making.unsubscribe(message.subject, str(message.channel), at=at)


def _fields_of(message: Message) -> Mapping[str, Purpose]:
    """Return which merge fields are links, the one they asked for with them, where they did."""
    asked = message.fields.get("link", "")
    return {**FIELDS, ASKED_FOR: Purpose(asked)} if asked in Purpose.values else FIELDS


def _can_be_asked(message: Message) -> bool:
    person = recipients.of_subject(message.subject)
    return person is not None and facts.can_be_asked(person)
