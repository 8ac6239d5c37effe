"""Look after alarms every minute: end what is no longer so, pass on what nobody answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from foundation.access import task_actor
from notifications.paging import actions, order, roster
from notifications.paging.kinds import kind_of
from notifications.paging.models import Alarm, Over

log = structlog.get_logger(__name__)


def tend(*, at: datetime) -> None:
    """
    Take each alarm that goes on one step further.

    Source: domain.md section 3, "passing to the next person after 10 minutes"; commcare-hq#32671:
    an alert that went on after its condition turned false
    """
    for pk in Alarm.objects.going_on().order_by("id").values_list("pk", flat=True):
        try:
            with transaction.atomic():
                _tend(actions.locked(pk), at=at)
        except Exception as fault:  # noqa: BLE001 - one alarm never holds the others up
            log.error("paging.not_tended", alarm=str(pk), fault=type(fault).__name__)


def _tend(alarm: Alarm, *, at: datetime) -> None:
    if alarm.over_at is not None:
        return
    if not kind_of(alarm.kind).stands(alarm):
        actions.end(alarm, Over.NO_LONGER, by=task_actor("paging.tend"), at=at)
        return
    if alarm.acknowledged_by_id is not None:
        if not roster.still_here([alarm.acknowledged_by_id]):
            actions.taken_from_who_left(alarm, by=task_actor("paging.tend"), at=at)
        return
    minutes = order.step_of(alarm, alarm.step).minutes
    if at - alarm.called_at >= timedelta(minutes=minutes) or _is_left_with_nobody(alarm, at=at):
        actions.pass_on(alarm, at=at)


def _is_left_with_nobody(alarm: Alarm, *, at: datetime) -> bool:
    """Return whether all who were called have left, and somebody else can be: they need no minutes first."""
    called = alarm.calls.values_list("staff_id", flat=True)
    return not roster.still_here(called) and bool(roster.chain(alarm.branch, at=at))
