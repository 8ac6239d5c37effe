"""Reach the donor of a match: every attempt is written down, and the first one begins the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, approvals, moves, trail
from foundation.access import Permission
from foundation.trail import Actor
from registry.cases import rules
from registry.cases.actions import common
from registry.cases.guards import CONDITIONING
from registry.cases.models import Attempt, MatchCase
from registry.cases.outcomes import Side
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.actions.answering import CHOICES, GO_ON, LEAVE, UNSURE
from registry.donors.actions.following import DONOR, NOTHING, Heard
from registry.donors.models import CallKind, CallResult

IN_PERSON: Final = frozenset({"donor", "left"})  # whose number was tried, where it is the donor's own
BEFORE_CONDITIONING: Final = (CaseState.WORKUP, CaseState.SCHEDULED)


@transaction.atomic
def record_attempt(
    case: MatchCase,
    *,
    result: str,
    by: Actor,
    at: datetime,
    number: str = "donor",
    words: str = "",
    answer: str = "",
) -> Attempt:
    """
    Write down one attempt to speak with the donor; the first one takes the case out of NOTIFIED.

    Only who says that they go on counts as reached before conditioning; another word ends what counted.

    :param answer: what the donor would like now, as a code; "" where that was not said.
    :param result: a code of the call results.
    :param number: whose number was tried: ``donor``, the place of a contact, or ``left``.
    :raises moves.Refused: if the case has ended, or waits behind another.
    :raises moves.NotAllowed: if the actor may not make contact here.
    """
    case = common.locked(case)
    common.check(case, rules.CONTACT, by=by, at=at, side=Side.DONOR)
    if case.state == CaseState.WAITING:
        raise moves.Refused([_("Nobody is called for a match that waits behind another, or has ended.")])
    made = Attempt(case=case, at=at, number=number, result=result, **by.columns())
    common.seal(case, made, words=words.strip())
    made.save(force_insert=True)
    case.first_tried_at = case.first_tried_at or at
    if result == CallResult.REACHED and number in IN_PERSON:
        case.reached_at = case.reached_at or at
        _heed(case, answer, by=by, at=at)
    case.save(update_fields=["first_tried_at", "reached_at", "last_reached_at"])
    trail.record("case.tried", by=by, at=at, object=case, result=result, number=number)
    if case.state == CaseState.NOTIFIED:
        common.make(case, "contact", by=by, at=at)
    else:
        common.keep_due(case)
    return made


@transaction.atomic
def call(
    case: MatchCase,
    *,
    result: str,
    by: Actor,
    at: datetime,
    number: str = DONOR,
    answers: Mapping[str, str] | None = None,
    words: str = "",
    heard: Heard = NOTHING,
) -> Attempt:
    """
    Write down one call about a match, in the case and on the donor's record.

    The record learns what every call teaches: that the number is right or somebody else's, a new one.
    Whoever was told of the match and did not say that they leave is noted as told.

    :param answers: what the donor would like now, as a code.
    :raises moves.Refused: if the case has ended, the donor has left, a new number is somebody else's,
        or the donor was reached before conditioning and not asked whether they go on.
    :raises phones.PhoneProblem: if nobody can be called at the new number.
    :raises moves.NotAllowed: if the actor may not make contact here.
    """
    said = dict(answers or {})
    answer = said.get("after_match", "")
    made = record_attempt(case, result=result, by=by, at=at, number=number, words=words, answer=answer)
    _check_they_were_asked(made, answer)
    if access.may(by, Permission.CALL_MAKE, on=case.donor, at=at):
        donors.record_call(
            case.donor,
            kind=CallKind.MATCH,
            result=result,
            number=number,
            answers=said,
            words=words,
            heard=heard,
            by=by,
            at=at,
        )
    case = common.locked(case)
    told = result == CallResult.REACHED and number == DONOR and answer in {GO_ON, UNSURE}
    if told and case.state == CaseState.CONTACTING:
        common.make(case, "remobilise", by=by, at=at)
    return made


def _heed(case: MatchCase, answer: str, *, by: Actor, at: datetime) -> None:
    """Count a talk as one with who goes on; who wavers or leaves is led to no point of no return."""
    if answer == GO_ON:
        case.last_reached_at = at
    elif answer in {UNSURE, LEAVE}:
        case.last_reached_at = None
        approvals.close(CONDITIONING, [case.pk], by=by, at=at)


def _check_they_were_asked(made: Attempt, answer: str) -> None:
    if made.result != CallResult.REACHED or made.number not in IN_PERSON:
        return
    if made.case.stands_at in BEFORE_CONDITIONING and answer not in CHOICES["after_match"]:
        raise moves.Refused([_("Ask whether they go on, and write down what they would like now.")])
