"""Plan the reminder of an appointment, and take it away again. Twice is once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog
from django.db import transaction

from foundation.access import task_actor
from foundation.trail import Actor
from foundation.vault import Subject
from notifications import outbox
from notifications.channel_names import Channel
from notifications.plans import actions as plans
from notifications.plans.whys import Why
from notifications.programmes import queries
from notifications.recipients import contact
from notifications.recipients.models import ContactState, Reach
from registry.drives.models import Appointment

log = structlog.get_logger(__name__)
PROGRAMME: Final = "drive"
OVER: Final = "appointment_over"


@transaction.atomic
def plan(appointment: Appointment, *, at: datetime) -> None:
    """Plan what the programme says before an appointment; what is for today already leaves at once."""
    subject = appointment.subject
    if subject is None or not appointment.stands or queries.in_use(PROGRAMME) is None:
        return
    by = task_actor("reminders.plan")
    plans.fall_today(plans.begin(PROGRAMME, subject=subject, by=by, at=at), at=at)


@transaction.atomic
def end(subject: Subject, *, at: datetime) -> None:
    """Take away what is planned, and cancel what has not left: they came, or do not come."""
    by = task_actor("reminders.end")
    plans.stop_for(subject, why=Why.PLAN_ENDED, by=by, at=at)
    outbox.cancel_for(subject.pk, why=OVER, by=by, at=at)


@transaction.atomic
def carry_over(before: Subject, after: Subject, *, by: Actor, at: datetime) -> None:
    """Let who stopped the reminders of an appointment be left alone at the one that takes its place."""
    stopped = ContactState.objects.filter(subject=before, channel=Channel.SMS, state=Reach.STOPPED)
    if stopped.exists():
        contact.mark(after, Channel.SMS, Reach.STOPPED, by=by, at=at)
        end(after, at=at)


def plan_all(*, at: datetime) -> None:
    """Plan the reminders that are missing, each by itself: one that fails keeps no other waiting."""
    waiting = Appointment.objects.filter(
        subject__isnull=False, subject__plans=None, starts_at__gt=at, came_at=None, cancelled_at=None
    )
    for appointment in waiting.select_related("subject").order_by("subject"):
        try:
            plan(appointment, at=at)
        except Exception as fault:  # noqa: BLE001 - the log names it, and the next night tries again
            log.error("reminder.not_planned", of=str(appointment.pk), fault=type(fault).__name__)
