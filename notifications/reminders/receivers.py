"""What becomes of a reminder when something happens to the appointment or the programme. Twice is once."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from foundation.trail import Actor
from notifications.programmes.models import Programme
from notifications.reminders import actions
from registry.drives.models import Appointment


def booked(*, appointment: Appointment, at: datetime, **_more: Any) -> None:
    """Plan its reminder."""
    actions.plan(appointment, at=at)


def ended(*, appointment: Appointment, at: datetime, **_more: Any) -> None:
    """Take its reminder away."""
    if appointment.subject is not None:
        actions.end(appointment.subject, at=at)


def moved(*, before: Appointment, after: Appointment, by: Actor, at: datetime, **_more: Any) -> None:
    """Remind nobody of the new time who stopped the reminder of the time before."""
    if before.subject is not None and after.subject is not None:
        actions.carry_over(before.subject, after.subject, by=by, at=at)


def programme_published(*, programme: Programme, at: datetime, **_more: Any) -> None:
    """Plan for those who were booked while no programme was in use; after the commit, each by itself."""
    if programme.key == actions.PROGRAMME:
        transaction.on_commit(partial(actions.plan_all, at=at), robust=True)
