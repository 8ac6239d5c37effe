"""Work on plans: at night the calendar ahead and what falls due; each minute what became stale."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from foundation import calendar
from notifications.plans import actions, ahead, missing


@shared_task(name="notifications.plans.tasks.plan_ahead")
def plan_ahead() -> int:
    """Begin the plans that are missing, and make the calendars that do not reach far enough."""
    at = timezone.now()
    missing.begin_missing(at=at)
    return ahead.plan_ahead(at=at)


@shared_task(name="notifications.plans.tasks.remake")
def remake() -> int:
    """Make calendars anew that were not when something about their people changed."""
    return actions.remake_all(at=timezone.now())


@shared_task(name="notifications.plans.tasks.plan_due")
def plan_due() -> int:
    """Let what has come fall due."""
    at = timezone.now()
    fallen = actions.plan_due(calendar.day_of(at), at=at)
    return fallen.due + fallen.released
