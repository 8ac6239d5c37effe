"""The worker's side of messages: tasks that carry ids alone, and the sweep of every minute."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from notifications import outbox
from notifications.delivery import delivering


@shared_task
def deliver(message_ids: Sequence[str]) -> None:
    """Send these messages if they are still due. Safe to run twice: the claim lets one in."""
    delivering.deliver_all([UUID(pk) for pk in message_ids], at=timezone.now())


@shared_task
def sweep() -> None:
    """See to what a lost worker left, and tell workers of everything that is due."""
    outbox.sweep(at=timezone.now())
