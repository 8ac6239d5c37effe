"""What the families' room does at night; safe to run twice."""

from celery import shared_task
from django.utils import timezone

from foundation.access import task_actor
from registry.families import actions


@shared_task
def end_wall_pages() -> int:
    """Take from the memorial wall whose last day there is over."""
    return actions.end_wall_pages_over(by=task_actor("families.end_wall_pages"), at=timezone.now())
