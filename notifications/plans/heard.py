"""What people heard by an earlier plan of the same programme: a plan begun anew says it no second time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import F, Q

from notifications.message_states import REACHED
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import LIVE_PLANS, PlanState
from notifications.plans.states import TouchpointState as State
from notifications.plans.whys import OF_PLANNING

HEARD: Final = (State.SENT, State.UNKNOWN, State.DONE, State.RESPONDED)
# A plan that moved goes on elsewhere: what was left out of it stays left out there too.
_DECIDED: Final = Q(plan__state=PlanState.MOVED) & ~Q(state=State.CANCELLED, why__in=OF_PLANNING)
Occasions = set[tuple[str, str]]  # of a step's key and the occasion


def before(plans: Sequence[Plan]) -> dict[UUID, Occasions]:
    """
    Return, by plan, the occasions that its people had, or may have had, by an earlier one: one query.

    What a donor heard before the last donation was about another one, and is said again.
    """
    ended = Touchpoint.objects.exclude(plan__state__in=LIVE_PLANS).filter(
        Q(plan__family__in=[plan.family_id for plan in plans if plan.family_id])
        | Q(plan__subject__in=[plan.subject_id for plan in plans if plan.subject_id])
    )
    of_this_time = Q(plan__subject__donor__donated_at__isnull=True) | Q(
        plan__began_at__gte=F("plan__subject__donor__donated_at")
    )
    said = Q(state__in=HEARD) | Q(messages__state__in=REACHED)
    heard = ended.filter(of_this_time).filter(said | _DECIDED)
    of_people: dict[tuple[str, UUID | None, UUID | None], Occasions] = defaultdict(set)
    for key, occasion, programme, family, subject in heard.values_list(
        "key", "occasion", "plan__programme_key", "plan__family", "plan__subject"
    ):
        of_people[programme, family, subject].add((key, occasion))
    return {
        plan.pk: of_people.get((plan.programme_key, plan.family_id, plan.subject_id), set()) for plan in plans
    }
