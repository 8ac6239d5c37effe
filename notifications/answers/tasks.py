"""What is learnt by itself, every minute."""

from celery import shared_task
from django.utils import timezone

from foundation.access import task_actor
from notifications.answers import actions


@shared_task
def learn() -> None:
    """Mark addresses that messages failed to reach for good."""
    actions.learn(by=task_actor("answers.learn"), at=timezone.now())
