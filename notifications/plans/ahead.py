"""Keep every calendar made up to the end of the next year."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q

from notifications.plans import actions
from notifications.plans.actions.planning import through
from notifications.plans.models import Plan
from notifications.plans.states import PlanState

AT_ONCE: Final = 2_000  # plans read ahead
_TO_LOCK: Final = ("subject", "family", "family__giver", "family__giver__subject")  # each is read anew then


def plan_ahead(*, at: datetime) -> int:
    """
    Plan what is not planned far enough ahead; safe to run twice.

    :returns: how many touchpoints came in, moved or went.
    """
    until = through(at)
    short = Plan.objects.filter(state__in=[PlanState.ACTIVE, PlanState.PAUSED]).filter(
        Q(planned_through__isnull=True) | Q(planned_through__lt=until)
    )
    waiting = short.select_related("family__giver").only(*_TO_LOCK).order_by("pk")
    return actions.plan_year(waiting.iterator(chunk_size=AT_ONCE), until, at=at)
