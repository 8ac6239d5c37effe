"""Queue what a database that is gone had queued to very many: a person decides what becomes of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.conf import settings

from foundation import calendar
from notifications.retention import actions, everybody
from notifications.retention.models import Campaign
from notifications.retention.states import CampaignState


def queue(lost_at: datetime, at: datetime) -> None:
    """
    Queue what fell on each day from the loss to today, and the rest of each campaign that was running.

    Twice is once.
    """
    on = calendar.day_of(lost_at)
    if lost_at < calendar.at(on, time(settings.MESSAGES_LEAVE_AT)):
        on -= timedelta(days=1)  # nothing of that day had left yet
    for day in _days(on, calendar.day_of(at)):
        everybody.plan(day, at=at)
    running = Campaign.objects.filter(state=CampaignState.RUNNING, began_at__lte=lost_at)
    for campaign in running.order_by("pk"):
        actions.write_to_all(campaign, at=at)


def _days(first: date, last: date) -> list[date]:
    """Return days to plan of which each catches up with those since the one before."""
    steps = range(0, (last - first).days, settings.TOUCHPOINT_LATE_DAYS)
    return [*(first + timedelta(days=n) for n in steps), last]
