"""Stand in for the line of a channel: what is handed over comes to the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from notifications import channels
from notifications.channel_names import Channel
from notifications.channels import Receipt, Transport


@contextmanager
def taken_by(send: Callable[..., Receipt], channel: Channel = Channel.EMAIL, **more: Any) -> Iterator[None]:
    """
    Hand over to a function what goes by a channel; what stood there stands there again afterwards.

    :param send: is given the envelope, what was written, the address, and to whom it goes.
    :param more: what else the line can do, as ``Transport`` has it.
    """
    before = channels.of(channel)
    channels.register(channel, Transport(send, **more))
    try:
        yield
    finally:
        channels.register(channel, before)
