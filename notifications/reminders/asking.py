"""What is asked of a reminder when it is sent: does the appointment stand, and is it not night?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from notifications.outbox import Message, MessageState, NotNow
from notifications.plans import quiet
from notifications.reminders.actions import OVER

if TYPE_CHECKING:
    from notifications.recipients import Recipient


def question(_message: Message, recipient: Recipient, at: datetime) -> NotNow | None:
    """
    Refuse a reminder of what is over; let one that is late wait for the morning if that is in time.

    A service message is bound by no quiet hours; a worker that stood still wakes nobody all the same.
    """
    appointment = recipient.appointment
    if appointment is None:
        return None
    if not appointment.stands or appointment.starts_at <= at:
        return NotNow(OVER, MessageState.CANCELLED)
    morning = quiet.night_over(at, recipient.clock)
    if morning is not None and morning < appointment.starts_at:
        return NotNow("quiet_hours", MessageState.DUE, morning)
    return None
