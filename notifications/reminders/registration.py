"""What reminders show in, and take from, the rooms below."""

from __future__ import annotations

from notifications.delivery import asking, filling
from notifications.programmes import signals as of_programmes
from notifications.reminders import filling as own
from notifications.reminders import receivers, showing
from notifications.reminders.asking import question
from registry import signals
from registry.drives import reminding


def register() -> None:
    """Fill the words, ask before sending, say how it stands, and listen to appointments."""
    filling.register("reminders", own.fill)
    asking.register("reminders.appointment", question)
    reminding.register(showing.said)
    signals.appointment_booked.connect(receivers.booked, dispatch_uid="reminders.booked")
    signals.appointment_ended.connect(receivers.ended, dispatch_uid="reminders.ended")
    signals.appointment_moved.connect(receivers.moved, dispatch_uid="reminders.moved")
    of_programmes.programme_published.connect(
        receivers.programme_published, dispatch_uid="reminders.programme"
    )
