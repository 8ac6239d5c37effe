"""The point of no return: asked by one, confirmed by another, and every guard asked again at that moment."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise

from foundation import approvals, moves
from foundation.approvals import Approval
from foundation.trail import Actor
from registry.cases import rules
from registry.cases.actions import common
from registry.cases.guards import CONDITIONING
from registry.cases.models import MatchCase
from registry.cases.states import CaseState


@transaction.atomic
def ask_conditioning(case: MatchCase, *, by: Actor, at: datetime) -> Approval:
    """
    Confirm as the first person that conditioning begins, and ask a second one.

    :raises moves.Refused: with every sentence that stands against it already now.
    :raises moves.NotAllowed: if the actor may not decide.
    """
    case = common.locked(case)
    common.check(case, rules.DECIDE, by=by, at=at)
    if case.state != CaseState.SCHEDULED:
        raise moves.WrongState(move="condition", state=str(case.state))
    if missing := missing_before_asking(case, by=by, at=at):
        raise moves.Refused(missing, move="condition")
    return approvals.ask(CONDITIONING, case, by=by, at=at)


def missing_before_asking(case: MatchCase, *, by: Actor, at: datetime) -> list[str | Promise]:
    """Return what stands against conditioning besides the second person's word."""
    missing = moves.missing(case, "condition", by=by, at=at) or []
    return [sentence for sentence in missing if sentence != rules.SECOND_PERSON.sentence]


@transaction.atomic
def condition(case: MatchCase, *, approval: Approval, by: Actor, at: datetime) -> MatchCase:
    """
    Pass the point of no return, in the transaction of the second person's yes.

    :raises moves.Refused: with every sentence that stands against it.
    """
    case = common.locked(case)
    case.conditioning_at = at
    common.make(case, "condition", by=by, at=at, saves=["conditioning_at"], approval=approval)
    approvals.use(approval, by=by, at=at)
    return case
