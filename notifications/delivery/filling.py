"""What a higher room puts into a message at the moment of sending: links made for this one copy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Final

from notifications.channel_names import Channel
from notifications.outbox import Message

# Takes the message and the names of merge fields, and returns those it can fill.
Fill = Callable[..., Mapping[str, str]]
_fillers: Final[dict[str, Fill]] = {}
_stops: Final[list[Callable[..., str]]] = []


def register(key: str, fill: Fill) -> None:
    """Let a room fill merge fields: ``fill(message, names, at=…)``; the same key again replaces it."""
    _fillers[key] = fill


def register_stop(make: Callable[..., str]) -> None:
    """Let a room make the address by which a mail program stops such messages: ``make(message, at=…)``."""
    _stops[:] = [make]


def stop_url(message: Message, *, at: datetime) -> str:
    """Return that address, or "": only e-mails carry it, and a service message is not unsubscribed from."""
    if message.service or message.channel != Channel.EMAIL or not _stops:
        return ""
    return _stops[0](message, at=at)


def links(message: Message, names: Collection[str], *, at: datetime) -> dict[str, str]:
    """Return the fields that rooms above fill."""
    if not names:
        return {}
    return {name: value for fill in _fillers.values() for name, value in fill(message, names, at=at).items()}
