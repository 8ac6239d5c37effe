"""What happens to numbers that were left: each minute they are compared with the register."""

from celery import shared_task
from django.utils import timezone

from foundation.access import task_actor
from registry.donors.moved import actions


@shared_task
def compare_left_numbers() -> None:
    """Compare the numbers that wait, and destroy the notes."""
    actions.compare_all(by=task_actor("donors.moved"), at=timezone.now())
