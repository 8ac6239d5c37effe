"""Begin the plans of those who were there before their programme was in use, or were taken over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from django.db.models import Exists, OuterRef

from foundation.access import task_actor
from notifications.plans import actions
from notifications.plans.actions.beginning import FAMILY_CARE, POST_DONATION
from notifications.plans.models import Plan
from notifications.programmes import queries
from registry.donors.models import Donor
from registry.donors.states import GONE
from registry.families.models import Family

log = structlog.get_logger(__name__)
AT_ONCE: Final = 2_000  # in one night


def begin_missing(*, at: datetime) -> int:
    """
    Begin a plan for each household, and each donor who has donated, that never had one; safe to run twice.

    :returns: how many were begun.
    """
    begun = 0
    if queries.in_use(FAMILY_CARE) is not None:
        begun += _each(_households(), lambda pk: _keep_family(pk, at=at))
    if queries.in_use(POST_DONATION) is not None:
        begun += _each(_donors(), lambda pk: _keep_donor(pk, at=at))
    return begun


def _households() -> Iterable[UUID]:
    had = Plan.objects.filter(family=OuterRef("pk"), programme_key=FAMILY_CARE)
    open_ones = Family.objects.filter(stopped_at__isnull=True, giver__subject__erased_at__isnull=True)
    return list(open_ones.filter(~Exists(had)).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def _donors() -> Iterable[UUID]:
    had = Plan.objects.filter(subject=OuterRef("subject"), programme_key=POST_DONATION)
    donated = Donor.objects.filter(
        donated_at__isnull=False,
        death_reported_at__isnull=True,
        objected_at__isnull=True,
        merged_into__isnull=True,
        subject__erased_at__isnull=True,
    )
    here = donated.exclude(state__in=GONE).filter(~Exists(had))
    return list(here.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def _keep_family(pk: UUID, *, at: datetime) -> None:
    family = Family.objects.select_related("giver__subject", "officer").get(pk=pk)
    actions.keep_family(family, by=task_actor("plans.missing"), at=at)


def _keep_donor(pk: UUID, *, at: datetime) -> None:
    actions.keep_donor(Donor.objects.select_related("subject").get(pk=pk), at=at)


def _each(ids: Iterable[UUID], keep: Callable[[UUID], Any]) -> int:
    """Begin each by itself: one that cannot be begun keeps no other waiting."""
    done = 0
    for pk in ids:
        try:
            keep(pk)
        except Exception as fault:  # noqa: BLE001 - the log names it, and the next night tries again
            log.error("plan.not_begun", of=str(pk), fault=type(fault).__name__)
        else:
            done += 1
    return done
