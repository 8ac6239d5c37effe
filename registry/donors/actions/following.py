"""What a call opens, closes and changes: new numbers, the next try, the search for somebody hard to reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from foundation import calendar, moves, vault
from foundation.trail import Actor, ActorKind
from foundation.vault import normal
from registry import signals
from registry.donors import protocol
from registry.donors.actions import answering, claiming, common, numbers, slips
from registry.donors.actions.tasks import cancel_tasks, open_task
from registry.donors.models import Call, CallKind, CallResult, CallState, CallTask, Contact, Donor
from registry.donors.states import DonorState

ASK_AGAIN_DAYS: Final = 14  # after a call in which somebody was not sure yet [D]
OFTEN: Final = 3  # tries on the next working day each, then some days apart [D]
DONOR: Final = protocol.DONOR
LEFT: Final = protocol.LEFT
WRONG: Final = protocol.WRONG
SEARCHED_FOR: Final = frozenset({DonorState.LISTED, DonorState.ON_HOLD})
CHECKS: Final = (CallKind.CONTACT_CHECK, CallKind.OUT_OF_CONTACT)  # done once the donor was reached


@dataclass(frozen=True, slots=True)
class Heard:
    """
    What was heard in a call beside its result and the answers.

    ``later`` is when to call again, ``mine`` whether the caller does it themself, ``until`` when a
    pause is to end, ``new_phone`` a number, and ``whose`` it is: the donor's, or that of the contact
    at a place. ``born_on`` and ``document_end`` are what somebody said of themself at a number that
    was left.
    """

    later: datetime | None = None
    mine: bool = False
    until: date | None = None
    new_phone: str = ""
    whose: str = DONOR
    born_on: date | None = None
    document_end: str = field(default="", repr=False)

    def replaces(self, number: str) -> bool:
        """Return whether the one at a place was given another number."""
        return bool(self.new_phone) and self.whose == number


NOTHING: Final = Heard()


def was_reached(call: Call) -> bool:
    """Return whether the donor was spoken to, at whichever number."""
    return call.result == CallResult.REACHED and not call.number.isdecimal()


def follow(call: Call, heard: Heard, *, by: Actor, at: datetime) -> None:
    """
    Do what follows from a call of a locked donor that was just written down, so that it can be undone.

    :raises moves.Refused: if who answered at a number that was left did not say who they are.
    """
    task = call.task
    if call.number.startswith(LEFT) and was_reached(call):
        _check_who_it_is(call.donor, heard)
    with slips.noting(call):
        donor = _new_number(call.donor, call, heard, by=by, at=at)
        if not heard.replaces(call.number):
            _mark_number(donor, call.contact, call)
        if was_reached(call):
            _verify(donor, call, by=by, at=at)
        elif call.result != CallResult.LATER:
            _search(donor, call, at=at)
        if task is not None and task.state == CallState.OPEN:
            task.refresh_from_db()
            _carry_on(task, call, donor, heard, at=at)
        if was_reached(call):
            answering.do_as_they_said(donor, call, until=heard.until, by=by, at=at)


def _new_number(donor: Donor, call: Call, heard: Heard, *, by: Actor, at: datetime) -> Donor:
    """Keep the number that was heard, or the one that was left and answered by the donor."""
    task = call.task
    if heard.new_phone and heard.whose != DONOR:
        numbers.record_contacts_number(donor, heard.whose, heard.new_phone, by=by, at=at, task=task)
        return donor
    if heard.new_phone:
        return numbers.record_new_number(donor, heard.new_phone, by=by, at=at, task=task)
    if task is None or not call.number.startswith(LEFT):
        return donor
    left = numbers.left_numbers(task)
    place = int(call.number.removeprefix(LEFT) or 1) - 1
    if place < len(left) and was_reached(call):
        return numbers.record_new_number(donor, left[place], by=by, at=at, task=task)
    if place < len(left) and call.result in WRONG:
        numbers.strike_out(task, left[place])
    return donor


def _check_who_it_is(donor: Donor, heard: Heard) -> None:
    """
    Believe a number that was left in public only with a fact that the record knows.

    It is the birth date, and the end of the document where no birth date stands on the record.

    :raises moves.Refused: if it is another, or was not said.
    """
    known: date | str | None = donor.born_on
    said: date | str | None = heard.born_on
    if known is None:
        document = vault.open_one(donor, "document")["document"]
        known = document[-4:].upper() if isinstance(document, str) else None
        said = normal.text(heard.document_end).upper()
    if known is None or said != known:
        raise moves.Refused([_("This is not what the record says. Ask for another fact.")])


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


def _verify(donor: Donor, call: Call, *, by: Actor, at: datetime) -> None:
    """The donor was spoken to: the contact is verified, and nobody searches for them any more."""
    donor.contact_verified_on = common.day_of(at)
    donor.found_at = at if donor.state == DonorState.LOST else donor.found_at
    donor.save(update_fields=["contact_verified_on", "found_at"])
    open_checks = CallTask.objects.open().filter(donor=donor, kind__in=CHECKS)
    done = [task for task in open_checks if task.pk != call.task_id]
    cancel_tasks(donor, at=at, kinds=[CallKind(task.kind) for task in done])
    signals.donor_confirmed.send(Donor, donor=donor, by=by, at=at)


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
        cancel_tasks(donor, at=at, kinds=[CallKind.CONTACT_CHECK])  # one list a person
    if wanted is not None and rounds.is_done and wanted.proposed_at is None:
        wanted.proposed_at = at
        wanted.save(update_fields=["proposed_at"])


def _carry_on(task: CallTask, call: Call, donor: Donor, heard: Heard, *, at: datetime) -> None:
    """Close the task where the donor was reached; else bring it back another day."""
    task.attempts += 1
    task.result = call.result
    today = common.day_of(at)
    if was_reached(call):
        task.state, task.ended_at = CallState.DONE, at
    task.due_at = heard.later if call.result == CallResult.LATER else None
    if task.due_at and heard.mine and call.by_kind == ActorKind.STAFF:
        task.owner_id = UUID(call.by_id)
    if task.state == CallState.OPEN:
        task.due_on = _again_on(task, call, donor, heard, today=today)
    if task.state != CallState.OPEN or task.due_on > today or task.due_at:
        claiming.let_go(task)
    task.save(
        update_fields=[
            "attempts", "result", "state", "ended_at", "due_on", "due_at",
            "held_by", "held_until", "skipped_at", "owner",
        ]
    )  # fmt: skip
    if task.state == CallState.DONE and _is_undecided(call):
        again = today + timedelta(days=ASK_AGAIN_DAYS)
        open_task(donor, CallKind(call.kind), due_on=again, at=at)


def _again_on(task: CallTask, call: Call, donor: Donor, heard: Heard, *, today: date) -> date:
    """Return the day of the next try; today where another number waits on the same screen."""
    if task.due_at is not None:
        return common.day_of(task.due_at)
    if heard.replaces(DONOR) or _another_was_left(task, call):
        return today
    if task.kind == CallKind.OUT_OF_CONTACT:
        return protocol.of(donor).next_on(today) or today
    if task.due_on > today:
        return task.due_on
    if task.attempts < OFTEN:
        return calendar.add_working_days(today, 1)
    return calendar.add_working_days(today + timedelta(days=settings.LOST_ROUND_DAYS - 1), 1)


def _another_was_left(task: CallTask, call: Call) -> bool:
    tried_in_vain = call.number.startswith(LEFT) and call.result in WRONG
    return tried_in_vain and bool(numbers.left_numbers(task))


def _is_undecided(call: Call) -> bool:
    """Return whether somebody was asked and is not sure yet: they are asked again."""
    if call.kind == CallKind.OBJECTION:
        return bool(call.answers.get("own_word") == answering.UNSURE)
    answers = [call.answers.get(question) for question in answering.BEFORE_LISTING]
    return call.kind == CallKind.PRE_LISTING and any(answer != "yes" for answer in answers)
