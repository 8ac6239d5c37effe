"""Make calendars anew that something made stale; what is stale stands in a row until it was made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from django.db import transaction

from foundation import moves
from notifications.plans.actions import common
from notifications.plans.actions.planning import replan
from notifications.plans.models import Plan, StalePlan

log = structlog.get_logger(__name__)


def remake_later(plans: Iterable[Plan], *, at: datetime) -> None:
    """
    Have the calendars of plans made anew after the commit; what is lost there is made up each minute.

    For who holds the lock of another than whom the plan is kept for: to take both would cross.
    """
    ids = [plan.pk for plan in plans]
    StalePlan.objects.bulk_create([StalePlan(plan_id=pk, since=at) for pk in ids])
    for pk in ids:
        transaction.on_commit(partial(remake, pk, at=at), robust=True)


@transaction.atomic
def remake(plan_id: UUID, *, at: datetime) -> None:
    """Make one calendar anew; what made it stale goes with it. Twice is once."""
    plan = common.locked_plan(Plan.objects.select_related("family__giver").get(pk=plan_id))
    seen = list(plan.stale.values_list("pk", flat=True))  # what comes meanwhile is made anew after this
    if seen:
        replan(plan, at=at)
        StalePlan.objects.filter(pk__in=seen).delete()


def remake_all(*, at: datetime) -> int:
    """Make every stale calendar anew, one that fails keeps no other back; return how many were made."""
    ids = StalePlan.objects.order_by("plan").values_list("plan", flat=True).distinct()
    made = 0
    for pk in list(ids):
        try:
            remake(pk, at=at)
        except moves.Refused:
            log.info("plan_moved_meanwhile", plan=str(pk))
        except Exception as fault:  # noqa: BLE001 - one plan never keeps the others back
            log.error("plan_not_made", plan=str(pk), fault=type(fault).__name__)
        else:
            made += 1
    return made
