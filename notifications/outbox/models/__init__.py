"""Messages, why they were not sent, and how far the outbox has come."""

from notifications.outbox.models.epoch import OutboxEpoch
from notifications.outbox.models.message import Message
from notifications.outbox.models.refusal import Refusal
from notifications.outbox.states import SETTLED, MessageState

__all__ = ["SETTLED", "Message", "MessageState", "OutboxEpoch", "Refusal"]
