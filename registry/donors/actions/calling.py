"""Recording calls: whom, how it ended, what was answered; and what that opens or closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import calendar, moves, trail, vault
from foundation.access import Permission
from foundation.trail import Actor
from registry.donors.actions import common, rights
from registry.donors.actions.tasks import open_task
from registry.donors.models import Call, CallKind, CallResult, CallState, CallTask, Donor, Stance

QUESTIONS: Final = ("family_supports", "process_known", "would_go_on")
ANSWERS: Final = ("yes", "unsure", "no")
ASK_AGAIN_DAYS: Final = 14  # after a call in which one of the three answers was not yes [D]
DONOR: Final = "donor"


@transaction.atomic
def record_call(
    donor: Donor,
    *,
    kind: str,
    result: str,
    by: Actor,
    at: datetime,
    number: str = DONOR,
    answers: Mapping[str, str] | None = None,
    words: str = "",
    task: CallTask | None = None,
) -> Call:
    """
    Record one call.

    A donor who was reached closes the task; every other result leaves it open for
    another day. The three answers before listing are kept as they were given.

    :param number: ``donor``, or the place of the contact who was called.
    :param answers: codes only.
    :raises moves.Refused: if the three answers are missing after a call before listing.
    :raises moves.NotAllowed: if the actor may not call here.
    """
    donor = common.locked(donor)
    rights.check(task or donor, by=by, at=at, permissions=(Permission.CALL_MAKE,))
    _check_answers(kind, result, number, answers or {})
    task = task and CallTask.objects.get(pk=task.pk)  # a withdrawal may have closed it since it was read
    call = Call(
        donor=donor,
        task=task,
        contact=None if number == DONOR else donor.contacts.filter(order=number).first(),
        kind=kind,
        at=at,
        number=number,
        result=result,
        answers=dict(answers or {}),
        **by.columns(),
    )
    if words.strip() and donor.subject.key_id:
        vault.seal(call, key=donor.subject.key_id, words=words.strip())
    call.save(force_insert=True)
    if number == DONOR and result == CallResult.REACHED:
        donor.contact_verified_on = common.day_of(at)
        donor.save(update_fields=["contact_verified_on"])
    if task is not None and task.state == CallState.OPEN:
        _carry_on(task, call, at=at)
    trail.record(
        "call.recorded", by=by, at=at, object=donor, reason=result, call=call.pk, kind=kind, number=number
    )
    return call


@transaction.atomic
def plan_call(donor: Donor, *, kind: str, due_on: date, by: Actor, at: datetime) -> CallTask:
    """
    Ask that somebody calls a donor on a day.

    :raises moves.WrongState: if the donor has left: nobody rings them any more.
    :raises moves.NotAllowed: if the actor may not call here.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.CALL_MAKE, Permission.DONOR_HOLD))
    if donor.is_gone:
        raise moves.WrongState(move="plan_call", state=str(donor.state))
    task = open_task(donor, CallKind(kind), due_on=due_on, at=at)
    trail.record("call.planned", by=by, at=at, object=donor, kind=kind, due_on=due_on)
    return task


@transaction.atomic
def record_stance(donor: Donor, *, order: int, stance: str, may_know: bool, by: Actor, at: datetime) -> None:
    """
    Keep what a contact knows and thinks, as the donor or they themselves said.

    :raises moves.NotAllowed: if the actor may not call or change here.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.CALL_MAKE, Permission.DONOR_EDIT))
    contact = donor.contacts.get(order=order)
    before = {"stance": contact.stance, "may_know": contact.may_know}
    contact.stance, contact.may_know = Stance(stance), may_know
    contact.stance_on = common.day_of(at)
    contact.save(update_fields=["stance", "may_know", "stance_on"])
    after = {"stance": stance, "may_know": may_know}
    trail.record(
        "contact.stance_recorded", by=by, at=at, object=donor, before=before, after=after, contact=contact.pk
    )


def _check_answers(kind: str, result: str, number: str, answers: Mapping[str, str]) -> None:
    if kind != CallKind.PRE_LISTING or result != CallResult.REACHED or number != DONOR:
        return
    if any(answers.get(question) not in ANSWERS for question in QUESTIONS):
        raise moves.Refused([_("Write down the answers to all three questions.")])


def _carry_on(task: CallTask, call: Call, *, at: datetime) -> None:
    """Close the task where the donor was reached; else bring it back another day."""
    task.attempts += 1
    task.result = call.result
    today = common.day_of(at)
    if call.number == DONOR and call.result == CallResult.REACHED:
        task.state, task.ended_at = CallState.DONE, at
    elif task.due_on <= today:
        task.due_on = calendar.add_working_days(today, 1)
    task.save(update_fields=["attempts", "result", "state", "ended_at", "due_on"])
    if task.state == CallState.DONE and _is_undecided(call):
        open_task(call.donor, CallKind.PRE_LISTING, due_on=today + timedelta(days=ASK_AGAIN_DAYS), at=at)


def _is_undecided(call: Call) -> bool:
    answers = [call.answers.get(question) for question in QUESTIONS]
    return call.kind == CallKind.PRE_LISTING and any(answer != "yes" for answer in answers)
