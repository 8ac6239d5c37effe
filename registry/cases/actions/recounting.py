"""Count clocks anew when the official calendar of a year is published: a promised day never comes earlier."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import transaction

from foundation import trail
from registry.cases import clocks
from registry.cases.actions import common, nightly
from registry.cases.models import About, MatchCase
from registry.cases.states import OPEN

if TYPE_CHECKING:
    from uuid import UUID

    from foundation.trail import Actor


def recount_clocks(*, by: Actor, at: datetime) -> int:
    """
    Count the reservations anew whose years are all published by now; safe to run twice.

    A day that a person chose stays, and so does one that would come earlier: it was promised. What cannot
    be counted holds nobody else up.

    :returns: how many clocks end later now.
    """
    return nightly.one_by_one(_ending_later(), _recount, failed="case.not_recounted", by=by, at=at)


def _ending_later() -> list[UUID]:
    """Return the open cases, by id, that the calendars of today give a later day than they have."""
    columns = "pk", "requested_on", "source", "request", "clock_ends_on"
    found = MatchCase.objects.open().order_by("id").values_list(*columns)
    ends = lru_cache(maxsize=None)(clocks.reservation_ends)
    return [
        pk
        for pk, since, source, request, until in found
        if not clocks.years_to_come(since, until) and ends(since, source=source, request=request) > until
    ]


@transaction.atomic
def _recount(pk: UUID, *, by: Actor, at: datetime) -> bool:
    case = common.locked(common.by_id(pk))
    chosen = case.history.filter(about=About.EXTENDED).exists()
    if case.state not in OPEN or chosen or clocks.years_to_come(case.requested_on, case.clock_ends_on):
        return False
    before = case.clock_ends_on
    ends_on = clocks.reservation_ends(case.requested_on, source=case.source, request=case.request)
    if ends_on <= before:
        return False
    case.clock_ends_on = ends_on
    case.save(update_fields=["clock_ends_on"])
    common.keep_due(case)
    common.write_note(case, About.RECOUNTED, by=by, at=at, before_on=before, after_on=ends_on)
    trail.record(
        "case.recounted",
        by=by,
        at=at,
        object=case,
        before={"clock_ends_on": before.isoformat()},
        after={"clock_ends_on": ends_on.isoformat()},
    )
    return True
