"""What is done about events each night; safe to run twice."""

from celery import shared_task
from django.utils import timezone

from notifications.events import actions


@shared_task(name="notifications.events.tasks.remind")
def remind() -> int:
    """Queue the reminders of tomorrow's events."""
    return actions.remind(timezone.now())
