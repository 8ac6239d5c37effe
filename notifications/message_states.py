"""Where a message may stand, for every room; only the outbox moves it. See decision record 0010."""

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


QUEUED: Final = (MessageState.DUE, MessageState.CLAIMED)  # nothing keeps it back
WAITING: Final = (*QUEUED, MessageState.HELD)  # surely not handed over
IN_HAND: Final = (MessageState.CLAIMED, MessageState.SENDING)  # a worker has it
GOING: Final = (*WAITING, MessageState.SENDING)  # not settled yet
REACHED: Final = (MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN)  # it may be with them
REACHED_NOBODY: Final = (MessageState.FAILED, MessageState.CANCELLED)
SETTLED: Final = (MessageState.SENT, MessageState.UNKNOWN, *REACHED_NOBODY)
# Why a copy was left out or closed: its person was reached by another copy, at the same address it may be.
REACHED_ALREADY: Final = "already_reached"
