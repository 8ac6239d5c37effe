"""What is asked of a reminder when it is sent: does the appointment stand, and is it not night?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from notifications.outbox import Message, MessageState, NotNow
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
    here = timezone.localtime(at)
    first, last = settings.QUIET_HOURS
    day = here + timedelta(days=1) if here.hour >= last else here
    morning = day.replace(hour=first, minute=0, second=0, microsecond=0)
    if here < morning < appointment.starts_at:
        return NotNow("quiet_hours", MessageState.DUE, morning.astimezone(at.tzinfo))
    return None
