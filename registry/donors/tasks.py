"""What the donors' room does at night; each task is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from foundation.access import task_actor
from registry.donors import actions
from registry.donors.exports import taking
from registry.donors.national import comparing


@shared_task
def tend_donors() -> None:
    """Drop calls that are over, open those that are due, tell of age limits, end what reached its age."""
    by, at = task_actor("tend_donors"), timezone.now()
    actions.drop_what_is_over(by=by, at=at)
    actions.end_past_lists(by=by, at=at)
    actions.end_past_assists(by=by, at=at)
    actions.call_where_a_pause_ended(by=by, at=at)
    actions.call_before_listing(by=by, at=at)
    actions.remind_while_thinking(by=by, at=at)
    actions.check_old_numbers(by=by, at=at)
    actions.tell_of_age_limits(by=by, at=at)
    actions.age_out_due(by=by, at=at)


@shared_task
def purge_exports() -> None:
    """Destroy sheets of donors whose time is over, and the national register's that were never compared."""
    by, at = task_actor("purge_exports"), timezone.now()
    taking.purge(by=by, at=at)
    comparing.purge(by=by, at=at)
