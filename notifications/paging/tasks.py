"""The worker's side of paging."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from notifications.outbox import fences
from notifications.paging import endangered, sending, tending, watching


@shared_task
def call(alarm_id: str) -> None:
    """Hand over the copies of one alarm. Safe to run twice: each copy lets one worker in."""
    sending.send_due(at=timezone.now(), alarm_id=UUID(alarm_id))


@shared_task
def tend() -> None:
    """Raise what the database shows, take every alarm a step further, and call, whichever of these fails."""
    at = timezone.now()
    for name, act in (
        ("watch", watching.watch),
        ("watch_matches", endangered.watch),
        ("tend", tending.tend),
        ("send_due", sending.send_due),
    ):
        with fences.fenced(f"paging.{name}_failed"):
            act(at=at)
