"""A result about a match was a slip of a key: the attempt goes, and what it counted for."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Min, Q
from django.utils.translation import gettext as _

from foundation import access, moves, trail
from foundation.trail import Actor
from registry.cases.actions import common
from registry.cases.actions.contact import IN_PERSON
from registry.cases.models import Attempt, MatchCase
from registry.cases.states import CaseState
from registry.donors.actions.answering import GO_ON, LEAVE, UNSURE
from registry.donors.models import Call, CallKind, CallResult

BY_A_CALL: Final = frozenset({"contact", "remobilise"})  # moves that a call makes by itself
UNDONE: Final = "cases.call_undone"  # the task that takes such a move back


def take_back_attempt(call: Call, *, by: Actor, at: datetime) -> None:
    """
    Take back the attempt that was written down with a call, where there was one. The caller holds the lock.

    :raises moves.Refused: if the match has gone on since by what that call said.
    """
    made = Attempt.objects.filter(
        case__donor=call.donor_id, at=call.at, by_id=call.by_id, result=call.result, number=call.number
    ).first()
    if call.kind != CallKind.MATCH or made is None:
        return
    case = common.by_id(made.case_id)
    made.delete()
    _count_again(case, without=call)
    _step_back(case, call, at=at)
    common.keep_due(case)
    trail.record("case.try_undone", by=by, at=at, object=case, result=call.result, number=call.number)


def _count_again(case: MatchCase, *, without: Call) -> None:
    """Work out from the attempts that are left when the donor was tried, reached, and said to go on."""
    spoken = Q(result=CallResult.REACHED, number__in=IN_PERSON)
    left = case.attempts.aggregate(tried=Min("at"), reached=Min("at", filter=spoken))
    case.first_tried_at, case.reached_at = left["tried"], left["reached"]
    if without.answers.get("after_match"):
        case.last_reached_at = _last_word_to_go_on(case)
    case.save(update_fields=["first_tried_at", "reached_at", "last_reached_at"])


def _last_word_to_go_on(case: MatchCase) -> datetime | None:
    """Return when the donor last said that they go on; None where their last word was another."""
    calls = Call.objects.standing().filter(donor=case.donor_id, kind=CallKind.MATCH, at__gte=case.opened_at)
    last = calls.filter(answers__after_match__in=[GO_ON, UNSURE, LEAVE]).order_by("-at", "-id").first()
    return last.at if last is not None and last.answers["after_match"] == GO_ON else None


def _step_back(case: MatchCase, call: Call, *, at: datetime) -> None:
    """Put a match back to where it stood before the moves that a call made by itself."""
    steps = list(moves.steps_of(case))
    by_it = [one for one in steps if (one.at, one.by_id) == (call.at, call.by_id) and one.move in BY_A_CALL]
    if not by_it:
        return
    if {one.pk for one in steps[-len(by_it) :]} != {one.pk for one in by_it}:
        words = _("The match has gone on since this call. Write down another call there instead.")
        raise moves.Refused([words])
    first = any(one.move == "contact" for one in by_it)
    back = CaseState.NOTIFIED if first else CaseState.CONTACTING
    task = access.task_actor(UNDONE)
    moves.put_back(case, back, move="mark_as_error", by=task, at=at, reason="contact")
