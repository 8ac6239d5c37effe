"""How a message leaves: each channel registers what hands a message over, and says what went wrong."""

from notifications.channels.envelope import Envelope
from notifications.channels.handing_over import (
    NotHandedOver,
    Receipt,
    Transport,
    Unclear,
    is_open,
    missing,
    of,
    prepare,
    register,
    send,
)

__all__ = [
    "Envelope",
    "NotHandedOver",
    "Receipt",
    "Transport",
    "Unclear",
    "is_open",
    "missing",
    "of",
    "prepare",
    "register",
    "send",
]
