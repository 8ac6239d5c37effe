"""
Hand a message over by its channel. A channel answers in one of three ways, and in no other.

A ``Receipt``: it is with the provider. ``NotHandedOver``: it surely is not. ``Unclear``: nobody can
tell, because the line broke after the words had left.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from notifications.channels.envelope import Envelope
from notifications.wordings import Rendered
from notifications.wordings.fields import Addressee

SOON: Final = 5.0  # seconds: nothing begins to leave once a withdrawal may have been answered


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider said when it took a message: its own id, if it gives one."""

    provider_id: str = ""


class NotHandedOver(Exception):
    """The message surely did not leave. ``permanent``: by this channel it never will."""

    def __init__(self, code: str, *, permanent: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent


class Unclear(Exception):
    """The words had left when the line broke: they may have arrived."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def in_time(began: float) -> None:
    """
    Ask right before the first word leaves whether it still may, however long the line took to open.

    :param began: when the message began to be handed over, by the monotonic clock.
    :raises NotHandedOver: if somebody's withdrawal may have been answered meanwhile.
    """
    if time.monotonic() - began > SOON:
        raise NotHandedOver("line_slow")


def _always_ready() -> None:
    """A channel without a line that is kept open has nothing to prepare."""


def _always_open() -> bool:
    """Nor is there a line that may have to be opened first."""
    return True


def _nothing_missing(_rendered: Rendered, _to: Addressee) -> str:
    """Most channels need nothing of a provider before a message leaves."""
    return ""


@dataclass(frozen=True, slots=True)
class Transport:
    """
    One channel.

    ``send(envelope, rendered, address, to)`` hands over and returns a ``Receipt``.
    ``prepare()`` opens the line, before a message counts as being handed over; ``is_open()`` tells whether it
    has nothing to wait for.
    ``missing(rendered, to)`` returns what the provider has still to approve, as a code, or "".
    """

    send: Callable[[Envelope, Rendered, str, Addressee], Receipt]
    prepare: Callable[[], Any] = _always_ready
    is_open: Callable[[], bool] = _always_open
    missing: Callable[[Rendered, Addressee], str] = _nothing_missing


_transports: dict[str, Transport] = {}


def register(channel: str, transport: Transport) -> None:
    """Let a channel hand messages over; the same again replaces it."""
    _transports[channel] = transport


def of(channel: str) -> Transport:
    """
    Return what hands over by a channel.

    :raises NotHandedOver: if nothing does.
    """
    if channel not in _transports:
        raise NotHandedOver("no_transport", permanent=True)
    return _transports[channel]


def prepare(channel: str) -> None:
    """
    Open the line of a channel, so that what follows the beginning is the hand-over itself.

    :raises NotHandedOver: if it does not open.
    """
    of(channel).prepare()


def is_open(channel: str) -> bool:
    """Return whether the line of a channel is open, so that ``prepare`` waits for nobody."""
    return channel in _transports and _transports[channel].is_open()


def missing(channel: str, rendered: Rendered, to: Addressee) -> str:
    """
    Return what the provider has still to approve before such words may leave, as a code; "" if nothing.

    :raises NotHandedOver: if nothing hands over by this channel.
    """
    return of(channel).missing(rendered, to)


def send(envelope: Envelope, rendered: Rendered, address: str, to: Addressee) -> Receipt:
    """
    Hand one message over.

    :raises NotHandedOver: if it surely was not.
    :raises Unclear: if nobody can tell.
    """
    return of(envelope.channel).send(envelope, rendered, address, to)
