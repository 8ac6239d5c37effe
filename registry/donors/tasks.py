"""What the donors' room does at night; each task is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from foundation.access import task_actor
from registry.donors import actions


@shared_task
def tend_donors() -> None:
    """Open the calls that are due, tell of age limits, and end what has reached its age."""
    by, at = task_actor("tend_donors"), timezone.now()
    actions.call_where_a_pause_ended(by=by, at=at)
    actions.call_before_listing(by=by, at=at)
    actions.tell_of_age_limits(by=by, at=at)
    actions.age_out_due(by=by, at=at)
