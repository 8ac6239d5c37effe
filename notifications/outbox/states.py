"""What the outbox says of where a message stands; the states themselves every room knows."""

from __future__ import annotations

from typing import Final

from notifications.message_states import REACHED, REACHED_NOBODY, SETTLED, WAITING, MessageState

ARRIVED: Final = "delivered"  # why a message that is being handed over is not unknown: its receipt came
# No line to a server, no gateway, one that refuses our account, a record that cannot be read: it is no
# fault of the message, and is tried until it is mended.
OURS: Final = frozenset(
    {
        "no_line",
        "no_folder",
        "no_gateway",
        "gateway_no_connection",
        "gateway_no_folder",
        "gateway_refuses_us",
        "fault",
    }
)

__all__ = ["ARRIVED", "OURS", "REACHED", "REACHED_NOBODY", "SETTLED", "WAITING", "MessageState"]
