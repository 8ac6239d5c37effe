"""What a companion hears at the bedside: that somebody wants to stop. It is never refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from foundation.trail import Actor
from registry.cases.actions import common
from registry.cases.models import MatchCase
from registry.donors import actions as donors
from registry.donors.models import Withdrawal, Word


@transaction.atomic
def withdraw_at_the_bedside(
    case: MatchCase, *, facts: Sequence[str], reason: str, destroy_now: bool, by: Actor, at: datetime
) -> Withdrawal:
    """
    Record the withdrawal of the donor one is named beside; the right is asked at the case.

    :param facts: codes of what was checked, two of them.
    :raises moves.Refused: only if nothing shows that it is the donor's own word.
    :raises moves.NotAllowed: if the actor may not record it on this case.
    """
    case = common.locked(case)
    return donors.withdraw(
        case.donor,
        by=by,
        at=at,
        word=Word.STAFF_TWO_FACTS,
        facts=facts,
        reason=reason,
        destroy_now=destroy_now,
        on=case,
    )
