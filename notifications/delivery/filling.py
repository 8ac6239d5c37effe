"""What a higher room puts into a message at the moment of sending: links made for this one copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

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


class Given(Mapping[str, Any]):
    """The fields that come with a message; a link is made when the words ask for it, and not before."""

    def __init__(self, message: Message, at: datetime) -> None:
        self._message, self._at = message, at
        self._known: dict[str, Any] = dict(message.fields)

    def __getitem__(self, name: str) -> Any:
        """Return a field, filled by a room above where it does not come with the message."""
        if name not in self._known:
            for fill in _fillers.values():
                self._known |= fill(self._message, [name], at=self._at)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names known so far."""
        return iter(self._known)

    def __len__(self) -> int:
        """Return how many are known so far."""
        return len(self._known)
