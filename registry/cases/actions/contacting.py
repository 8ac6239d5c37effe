"""Reach the donor of a match: every attempt is written down, and the first one begins the case."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation import trail
from foundation.trail import Actor
from registry.cases import rules
from registry.cases.actions import common
from registry.cases.models import Attempt, MatchCase
from registry.cases.states import CaseState
from registry.donors.models import CallResult


@transaction.atomic
def record_attempt(
    case: MatchCase,
    *,
    result: str,
    by: Actor,
    at: datetime,
    number: str = "donor",
    words: str = "",
) -> Attempt:
    """
    Write down one attempt to speak with the donor; the first one takes the case out of NOTIFIED.

    :param result: a code of the call results.
    :param number: whose number was tried: ``donor``, the place of a contact, or ``left``.
    :raises moves.Refused: if the case has ended.
    :raises moves.NotAllowed: if the actor may not make contact here.
    """
    case = common.locked(case)
    common.check(case, rules.CONTACT, by=by, at=at)
    made = Attempt(case=case, at=at, number=number, result=result, **by.columns())
    common.seal(case, made, words=words.strip())
    made.save(force_insert=True)
    case.first_tried_at = case.first_tried_at or at
    if result == CallResult.REACHED and number in {"donor", "left"}:
        case.reached_at, case.last_reached_at = case.reached_at or at, at
    case.save(update_fields=["first_tried_at", "reached_at", "last_reached_at"])
    trail.record("case.tried", by=by, at=at, object=case, result=result, number=number)
    if case.state == CaseState.NOTIFIED:
        common.make(case, "contact", by=by, at=at)
    else:
        common.keep_due(case)
    return made
