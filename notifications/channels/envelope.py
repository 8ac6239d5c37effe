"""What a channel is told of a message besides its words: nothing of whose it is, or why it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Envelope:
    """
    One message, or one copy of an alarm, on its way.

    :param pk: under which a provider takes it once.
    :param begun_at: when its hand-over began, for people; ``began`` is the same by the monotonic clock.
    :param stop_url: where a mail program stops such messages; "" where they cannot be stopped.
    :param again: whether it was tried before, so that a provider may have it already.
    """

    pk: UUID
    channel: str
    begun_at: datetime
    began: float
    stop_url: str = ""
    again: bool = False
