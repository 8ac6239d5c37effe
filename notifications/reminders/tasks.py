"""What is done about reminders each night; safe to run twice."""

from celery import shared_task
from django.utils import timezone

from notifications.reminders import actions


@shared_task(name="notifications.reminders.tasks.plan_missing")
def plan_missing() -> None:
    """Plan the reminders of appointments that have none yet."""
    actions.plan_all(at=timezone.now())
