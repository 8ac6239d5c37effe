"""Try again, every minute, the stops that failed when something ended."""

from celery import shared_task
from django.utils import timezone

from foundation.moves import stops


@shared_task
def try_stops_again() -> None:
    """Run what stands red on a receipt once more."""
    stops.try_again(at=timezone.now())
