"""A match has ended: companion and hospitals, who were let in for its sake, see it no longer.

What follows is done by the donor's own branch, to the tenth year.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from foundation import trail
from foundation.access import named
from registry.cases.actions import common, nightly
from registry.cases.models import About, MatchCase
from registry.cases.states import CaseState

if TYPE_CHECKING:
    from uuid import UUID

    from foundation.trail import Actor


def part_from_ended(*, by: Actor, at: datetime) -> int:
    """
    Take everybody's name off the matches that ended long enough ago; safe to run twice.

    :returns: of how many matches.
    """
    over = MatchCase.objects.filter(_ended_by(at), pk__in=named.things(MatchCase))
    found = list(over.order_by("id").values_list("pk", flat=True))
    return nightly.one_by_one(found, _part, failed="case.not_parted", by=by, at=at)


def _ended_by(at: datetime) -> Q:
    """Return the condition that a match ended so long ago that nobody is let in for its sake."""
    closed = at - timedelta(days=settings.CLOSED_NAMES_DAYS)
    given = common.day_of(at) - timedelta(days=settings.DONATED_NAMES_DAYS)
    return Q(state=CaseState.CLOSED, closed_at__lt=closed) | Q(state=CaseState.DONATED, donated_on__lt=given)


@transaction.atomic
def _part(pk: UUID, *, by: Actor, at: datetime) -> bool:
    case = common.locked(common.by_id(pk))
    people = named.staff_on(case)
    if not people or not MatchCase.objects.filter(_ended_by(at), pk=pk).exists():
        return False  # brought back, or done meanwhile
    for staff in people:
        named.remove(staff, case)
    common.write_note(case, About.NAMES_ENDED, by=by, at=at)
    gone = ",".join(sorted(str(staff.pk) for staff in people))
    trail.record("case.names_ended", by=by, at=at, object=case, named=gone)
    return True
