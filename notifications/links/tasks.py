"""What happens to links by itself: rows of those that ran out long ago go."""

from celery import shared_task
from django.utils import timezone

from foundation.access import task_actor
from notifications.links import making


@shared_task
def purge_links() -> None:
    """Delete links that ran out long ago; safe to run twice."""
    making.purge(by=task_actor("links.purge"), at=timezone.now())
