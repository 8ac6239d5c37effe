"""Somebody has left: what other matches, the medical reviewer and letters still wanted of them ends."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation import approvals, trail
from foundation.approvals import Approval
from foundation.trail import Actor
from registry.cases.actions.letters import OPEN
from registry.cases.actions.noticing import AGAIN
from registry.cases.letters import LEFT
from registry.cases.models import Letter, LetterState, Talk, TalkState
from registry.donors.models import Donor


@transaction.atomic
def end_talks_with(donor: Donor, *, by: Actor, at: datetime) -> int:
    """
    Take back the talks that were offered with a former donor who has left; return how many.

    The donors of those matches are not locked: who locks two people does so in one order, and a
    withdrawal has locked its own already. Who offers or settles such a talk locks both.
    """
    ended = 0
    offered = Talk.objects.filter(peer=donor, state=TalkState.OFFERED).select_related("case")
    for talk in offered.order_by("id"):
        if Talk.objects.filter(pk=talk.pk, state=TalkState.OFFERED).update(state=TalkState.DECLINED):
            trail.record(
                "case.talk_settled", by=by, at=at, object=talk.case, talk=talk.pk, kind=talk.kind,
                state=TalkState.DECLINED,
            )  # fmt: skip
            ended += 1
    return ended


@transaction.atomic
def ask_no_more(donor: Donor, *, by: Actor, at: datetime) -> int:
    """Close the question whether a donor who has left may be asked once more; return how many."""
    waiting = Approval.objects.waiting(at).about(donor).filter(kind=AGAIN).count()
    approvals.close(AGAIN, [donor.pk], by=by, at=at)
    return waiting


@transaction.atomic
def return_letters(donor: Donor, *, by: Actor, at: datetime) -> int:
    """Return the letters of a donor who has left that had not gone on, both ways; return how many."""
    standing = Letter.objects.filter(case__donor=donor, state__in=OPEN).select_related("case")
    returned = list(standing.order_by("id"))
    for letter in returned:
        letter.state, letter.settled_at, letter.returned_reason = LetterState.RETURNED, at, LEFT
        letter.save(update_fields=["state", "settled_at", "returned_reason"])
        trail.record(
            "letter.returned", by=by, at=at, object=letter.case, direction=letter.direction, reason=LEFT
        )
    return len(returned)
