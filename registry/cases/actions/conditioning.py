"""The point of no return: asked by one, confirmed by another, and every guard asked again at that moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation import access, approvals, moves
from foundation.approvals import Approval
from foundation.trail import Actor
from registry.cases import clocks, confirming, rules
from registry.cases.actions import common
from registry.cases.guards import CONDITIONING
from registry.cases.models import MatchCase
from registry.cases.states import CaseState


@transaction.atomic
def ask_conditioning(case: MatchCase, *, by: Actor, at: datetime) -> Approval:
    """
    Confirm as the first person that conditioning begins, and ask a second one.

    The question stands for the facts of this moment, and as long as the talk with the donor counts.

    :raises moves.Refused: with every sentence that stands against it already now.
    :raises moves.NotAllowed: if the actor may not decide.
    """
    case = common.locked(case)
    common.check(case, rules.DECIDE, by=by, at=at)
    if case.state != CaseState.SCHEDULED:
        raise moves.WrongState(move="condition", state=str(case.state))
    if missing := missing_before_asking(case, by=by, at=at):
        raise moves.Refused(missing, move="condition")
    for standing in Approval.objects.waiting(at).about(case).filter(kind=CONDITIONING):
        if not confirming.still_holds(standing, case):
            approvals.close(CONDITIONING, [case.pk], by=by, at=at)
    assert case.last_reached_at is not None  # noqa: S101 - a guard asked for it
    until = clocks.later(case.last_reached_at, timedelta(hours=settings.REACHED_HOURS))
    return approvals.ask(CONDITIONING, case, by=by, at=at, facts=confirming.facts_of(case), until=until)


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
    if not confirming.still_holds(approval, case):
        raise moves.Refused([_("What was confirmed has changed since. Please ask anew.")])
    if not any(access.may(Actor.of(approval), right, on=case, at=at) for right in rules.DECIDE):
        raise moves.Refused([_("Who asked may not decide about this match any more. Please ask anew.")])
    case.conditioning_at = at
    common.make(case, "condition", by=by, at=at, saves=["conditioning_at"], approval=approval)
    approvals.use(approval, by=by, at=at)
    return case
