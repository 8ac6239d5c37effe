"""What happens to drives by itself: old drafts are destroyed, and helpers' logins end with their day."""

from celery import shared_task
from django.utils import timezone

from foundation.access import task_actor
from registry.drives import piles
from registry.drives.actions import drafts, helpers
from registry.drives.imports import existing, uploads


@shared_task
def purge_drafts() -> None:
    """Destroy drafts that nobody touched for two weeks, and sheets and piles handed in long ago."""
    by, at = task_actor("drives.purge_drafts"), timezone.now()
    drafts.purge(by=by, at=at)
    uploads.purge(by=by, at=at)
    piles.purge(by=by, at=at)
    existing.purge(by=by, at=at)


@shared_task
def end_helpers() -> None:
    """End the logins of helpers whose day is over."""
    helpers.end_past(by=task_actor("drives.end_helpers"), at=timezone.now())
