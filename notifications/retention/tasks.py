"""What is told to everybody, and what happens to campaigns, each night; safe to run twice."""

from celery import shared_task
from django.utils import timezone

from foundation import calendar
from foundation.access import task_actor
from notifications.outbox import epoch
from notifications.retention import actions, everybody, ringing


@shared_task
def note_campaigns() -> None:
    """Note what is seen of both groups, and end campaigns whose time is over."""
    actions.note_all(by=task_actor("retention.note"), at=timezone.now())


@shared_task
def plan_everybody() -> None:
    """
    Queue what falls on today for everybody on the register, and have those rung whom it does not reach.

    Not over a backup that was put back: what the lost days queued is told apart when it is released.
    """
    at = timezone.now()
    if epoch.is_behind(at=at):
        return
    everybody.plan(calendar.day_of(at), at=at)
    ringing.ring(calendar.day_of(at), at=at)
