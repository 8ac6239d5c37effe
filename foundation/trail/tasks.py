"""Seal the trail every minute, and keep its newest root outside every hour."""

from celery import shared_task
from django.utils import timezone

from foundation.trail import anchor as outside
from foundation.trail import sealing


@shared_task
def seal() -> None:
    """Give the rows of the last minute their leaves, and sign the root over them."""
    sealing.seal(at=timezone.now())


@shared_task
def anchor() -> None:
    """Write the newest root outside the database."""
    outside.anchor()
