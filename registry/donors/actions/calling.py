"""Recording calls: whom, how it ended, what was answered; and what that opens or closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from foundation import calendar, moves, trail, vault
from foundation.access import Permission
from foundation.trail import Actor, ActorKind
from registry.donors import protocol
from registry.donors.actions import answering, claiming, common, numbers, rights, slips
from registry.donors.actions.tasks import cancel_tasks, open_task
from registry.donors.models import (
    Call,
    CallHelper,
    CallKind,
    CallResult,
    CallState,
    CallTask,
    Contact,
    Donor,
    Stance,
)
from registry.donors.states import DonorState

ASK_AGAIN_DAYS: Final = 14  # after a call in which one of the three answers was not yes [D]
OFTEN: Final = 3  # tries on the next working day each, then some days apart [D]
DONOR: Final = protocol.DONOR
LEFT: Final = "left"  # a number that somebody left: "left", "left2", "left3"
WRONG: Final = frozenset({CallResult.NO_SUCH_NUMBER, CallResult.NOT_THE_PERSON})
SEARCHED_FOR: Final = frozenset({DonorState.LISTED, DonorState.ON_HOLD})
CHECKS: Final = (CallKind.CONTACT_CHECK, CallKind.OUT_OF_CONTACT)  # done once the donor was reached


class HasLeft(moves.Refused):
    """The person withdrew, left or was reported dead while the call was open; nothing was kept."""

    def __init__(self) -> None:
        sentence = _("This person has left meanwhile, or was reported dead. Nothing was written down.")
        super().__init__([sentence], move="record_call")


class InOtherHands(moves.Refused):
    """Somebody else took the call over meanwhile."""

    def __init__(self) -> None:
        super().__init__([_("A colleague has taken this call over. Nothing was written down.")])


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
    later: datetime | None = None,
    new_phone: str = "",
) -> Call:
    """
    Record one call, and what follows from it.

    A donor who was reached closes the task; every other result leaves it open for
    another day. The three answers before listing are kept as they were given.

    :param number: ``donor``, the place of the contact who was called, or ``left`` where
        the number was left for the donor.
    :param answers: codes only.
    :param later: when to call again, as the person asked.
    :param new_phone: a number of the donor's that was heard in the call.
    :raises HasLeft: if the donor left or was reported dead meanwhile; then nothing is kept.
    :raises InOtherHands: if a colleague has taken the call over.
    :raises moves.Refused: if the three answers are missing after a call before listing.
    :raises phones.PhoneProblem: if nobody can be called at the new number.
    :raises moves.NotAllowed: if the actor may not call here.
    """
    donor = common.locked(donor)
    rights.check(task or donor, by=by, at=at, permissions=(Permission.CALL_MAKE,))
    _check_still_here(donor)
    answering.check(kind, result, number, answers or {})
    task = task and CallTask.objects.get(pk=task.pk)  # another may have closed it since it was read
    _check_in_hand(task, by=by, at=at)
    contact = donor.contacts.filter(order=number).first() if number.isdecimal() else None
    call = Call(
        donor=donor, task=task, contact=contact, kind=kind, at=at, number=number, result=result,
        answers=dict(answers or {}), before=slips.snapshot(donor, task, contact), **by.columns(),
    )  # fmt: skip
    if words.strip() and donor.subject.key_id:
        vault.seal(call, key=donor.subject.key_id, words=words.strip())
    call.save(force_insert=True)
    changed = _new_number(donor, call, task, new_phone, by=by, at=at)
    _mark_number(changed, contact, call)
    _follow(changed, call, task, later=later, heard=bool(new_phone), at=at)
    if was_reached(call):
        answering.do_as_they_said(changed, call, by=by, at=at)
    _count_hours(task, by=by, at=at)
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


def _check_still_here(donor: Donor) -> None:
    if donor.is_gone or donor.death_reported_at is not None:
        raise HasLeft


def _check_in_hand(task: CallTask | None, *, by: Actor, at: datetime) -> None:
    if task is None or task.held_by_id is None or task.held_until is None:
        return
    if str(task.held_by_id) != by.id and task.held_until > at:
        raise InOtherHands


def was_reached(call: Call) -> bool:
    """Return whether the donor was spoken to, at whichever number."""
    return call.result == CallResult.REACHED and not call.number.isdecimal()


def _new_number(
    donor: Donor, call: Call, task: CallTask | None, heard: str, *, by: Actor, at: datetime
) -> Donor:
    """Keep the number that was heard, or the one that was left and answered by the donor."""
    if heard:
        return numbers.record_new_number(donor, heard, by=by, at=at, task=task)
    if task is None or not call.number.startswith(LEFT):
        return donor
    left = numbers.left_numbers(task)
    place = int(call.number.removeprefix(LEFT) or 1) - 1
    if place < len(left) and was_reached(call):
        return numbers.record_new_number(donor, left[place], by=by, at=at, task=task)
    if place < len(left) and call.result in WRONG:
        numbers.strike_out(task, left[place])
    return donor


def _mark_number(donor: Donor, contact: Contact | None, call: Call) -> None:
    """Note at the number whether it reached its person, or is somebody else's."""
    if call.number.startswith(LEFT):
        return
    row: Donor | Contact | None = donor if call.number == DONOR else contact
    if row is None or call.result not in WRONG | {CallResult.REACHED}:
        return
    row.phone_wrong_on = common.day_of(call.at) if call.result in WRONG else None
    saves = ["phone_wrong_on"]
    if isinstance(row, Contact) and call.result == CallResult.REACHED:
        row.verified_on = common.day_of(call.at)
        saves.append("verified_on")
    row.save(update_fields=saves)


def _follow(
    donor: Donor, call: Call, task: CallTask | None, *, later: datetime | None, heard: bool, at: datetime
) -> None:
    """Carry on with the task, and with the search for somebody who cannot be reached."""
    if was_reached(call):
        _verify(donor, call, at=at)
    elif call.result != CallResult.LATER:
        _search(donor, call, at=at)
    if task is not None and task.state == CallState.OPEN:
        task.refresh_from_db()
        _carry_on(task, call, donor, later=later, heard=heard, at=at)


def _verify(donor: Donor, call: Call, *, at: datetime) -> None:
    """The donor was spoken to: the contact is verified, and nobody searches for them any more."""
    donor.contact_verified_on = common.day_of(at)
    donor.found_at = at if donor.state == DonorState.LOST else donor.found_at
    donor.save(update_fields=["contact_verified_on", "found_at"])
    open_checks = CallTask.objects.open().filter(donor=donor, kind__in=CHECKS)
    done = [task for task in open_checks if task.pk != call.task_id]
    slips.note_closed(call, done)
    cancel_tasks(donor, at=at, kinds=[CallKind(task.kind) for task in done])


def _search(donor: Donor, call: Call, *, at: datetime) -> None:
    """After some tries in vain the donor stands on the list of those who are hard to reach."""
    if donor.state not in SEARCHED_FOR or donor.listed_on is None:
        return
    rounds = protocol.of(donor)
    own = next((line for line in rounds.lines if line.number == DONOR), None)
    if call.kind == CallKind.OUT_OF_CONTACT or (own is not None and not own.is_done):
        wanted = CallTask.objects.open().filter(donor=donor, kind=CallKind.OUT_OF_CONTACT).first()
    else:
        wanted = open_task(donor, CallKind.OUT_OF_CONTACT, due_on=common.day_of(at), at=at)
        slips.note_opened(call, wanted)
        cancel_tasks(donor, at=at, kinds=[CallKind.CONTACT_CHECK])  # one list a person
    if wanted is not None and rounds.is_done and wanted.proposed_at is None:
        wanted.proposed_at = at
        wanted.save(update_fields=["proposed_at"])


def _carry_on(
    task: CallTask, call: Call, donor: Donor, *, later: datetime | None, heard: bool, at: datetime
) -> None:
    """Close the task where the donor was reached; else bring it back another day."""
    task.attempts += 1
    task.result = call.result
    today = common.day_of(at)
    if was_reached(call):
        task.state, task.ended_at = CallState.DONE, at
    task.due_at = later if call.result == CallResult.LATER else None
    if task.state == CallState.OPEN:
        task.due_on = _again_on(task, call, donor, heard=heard, today=today)
    if task.state != CallState.OPEN or task.due_on > today or task.due_at:
        claiming.let_go(task)
    task.save(
        update_fields=[
            "attempts", "result", "state", "ended_at", "due_on", "due_at",
            "held_by", "held_until", "skipped_at",
        ]
    )  # fmt: skip
    if task.state == CallState.DONE and _is_undecided(call):
        again = today + timedelta(days=ASK_AGAIN_DAYS)
        slips.note_opened(call, open_task(donor, CallKind.PRE_LISTING, due_on=again, at=at))


def _again_on(task: CallTask, call: Call, donor: Donor, *, heard: bool, today: date) -> date:
    """Return the day of the next try; today where another number waits on the same screen."""
    if task.due_at is not None:
        return common.day_of(task.due_at)
    if heard or (call.number.startswith(LEFT) and numbers.left_numbers(task) and call.result in WRONG):
        return today
    if task.kind == CallKind.OUT_OF_CONTACT:
        return protocol.of(donor).next_on(today) or today
    if task.due_on > today:
        return task.due_on
    if task.attempts < OFTEN:
        return calendar.add_working_days(today, 1)
    return calendar.add_working_days(today + timedelta(days=settings.LOST_ROUND_DAYS - 1), 1)


def _count_hours(task: CallTask | None, *, by: Actor, at: datetime) -> None:
    if task is not None and task.call_list_id and by.kind == ActorKind.STAFF:
        helping = CallHelper.objects.filter(call_list=task.call_list_id, staff=UUID(by.id))
        helping.filter(first_at__isnull=True).update(first_at=at)
        helping.update(last_at=at)


def _is_undecided(call: Call) -> bool:
    answers = [call.answers.get(question) for question in answering.BEFORE_LISTING]
    return call.kind == CallKind.PRE_LISTING and any(answer != "yes" for answer in answers)
