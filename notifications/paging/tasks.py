"""The worker's side of paging."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from notifications.paging import endangered, sending, tending, watching


@shared_task
def call(alarm_id: str) -> None:
    """Hand over the copies of one alarm. Safe to run twice: each copy lets one worker in."""
    sending.send_due(at=timezone.now(), alarm_id=UUID(alarm_id))


@shared_task
def tend() -> None:
    """Raise what the database shows, take every alarm a step further, and call."""
    at = timezone.now()
    watching.watch(at=at)
    endangered.watch(at=at)
    tending.tend(at=at)
    sending.send_due(at=at)
