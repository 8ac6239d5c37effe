"""Where a message stands. Its state moves by conditional updates alone: see decision record 0010."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MessageState(models.TextChoices):
    """Where a message stands. Source: messaging.md, "The outbox"."""

    DUE = "DUE", pgettext_lazy("message", "Due")
    CLAIMED = "CLAIMED", _("Taken up")
    SENDING = "SENDING", _("Being handed over")
    SENT = "SENT", pgettext_lazy("message", "Sent")
    UNKNOWN = "UNKNOWN", _("May have been sent")
    FAILED = "FAILED", _("Failed")
    HELD = "HELD", _("Held")
    CANCELLED = "CANCELLED", _("Cancelled")


SETTLED: Final = (
    MessageState.SENT,
    MessageState.UNKNOWN,
    MessageState.FAILED,
    MessageState.CANCELLED,
)
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
WAITING: Final = (MessageState.DUE, MessageState.CLAIMED, MessageState.HELD)  # surely not handed over
REACHED: Final = (MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN)  # it may be with them
