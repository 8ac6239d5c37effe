"""Recording calls: whom, how it ended, what was answered; planning them; what contacts know and think."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.access import Permission
from foundation.trail import Actor, ActorKind
from registry.donors.actions import answering, common, rights, slips
from registry.donors.actions.following import DONOR, NOTHING, Heard, follow
from registry.donors.actions.tasks import open_task
from registry.donors.models import Call, CallHelper, CallKind, CallTask, Donor, Stance


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
    heard: Heard = NOTHING,
) -> Call:
    """
    Record one call, and what follows from it.

    A donor who was reached closes the task; every other result leaves it open for
    another day. The three answers before listing are kept as they were given.

    :param number: ``donor``, the place of the contact who was called, or ``left`` where
        the number was left for the donor.
    :param answers: codes only.
    :param heard: when to call again, until when they wish to pause, a new number.
    :raises HasLeft: if the donor left or was reported dead meanwhile; then nothing is kept.
    :raises InOtherHands: if a colleague has taken the call over.
    :raises moves.Refused: if an answer is missing, or a new number is somebody else's.
    :raises phones.PhoneProblem: if nobody can be called at the new number.
    :raises moves.NotAllowed: if the actor may not call here.
    """
    donor = common.locked(donor)
    rights.check(task or donor, by=by, at=at, permissions=(Permission.CALL_MAKE,))
    _check_still_here(donor)
    answering.check(kind, result, number, answers or {}, until=heard.until)
    task = task and CallTask.objects.get(pk=task.pk)  # another may have closed it since it was read
    _check_in_hand(task, by=by, at=at)
    made = Call(
        donor=donor, task=task, kind=kind, at=at, number=number, result=result, answers=dict(answers or {}),
        **by.columns(),
    )  # fmt: skip
    _write(made, words)
    follow(made, heard, by=by, at=at)
    _count_hours(task, by=by, at=at)
    trail.record(
        "call.recorded", by=by, at=at, object=donor, reason=result, call=made.pk, kind=kind, number=number
    )
    return made


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

    :raises moves.Refused: if a colleague took the contact off meanwhile.
    :raises moves.NotAllowed: if the actor may not call or change here.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.CALL_MAKE, Permission.DONOR_EDIT))
    contact = common.contact_at(donor, order)
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


def _write(made: Call, words: str) -> None:
    """Keep a call, its words sealed, with what it may change, so that a slip of a key can be undone."""
    donor: Donor = made.donor
    if made.number.isdecimal():
        made.contact = donor.contacts.filter(order=made.number).first()
    made.before = slips.snapshot(donor, made.task, made.contact)
    if words.strip() and donor.subject.key_id:
        vault.seal(made, key=donor.subject.key_id, words=words.strip())
    made.save(force_insert=True)


def _count_hours(task: CallTask | None, *, by: Actor, at: datetime) -> None:
    if task is not None and task.call_list_id and by.kind == ActorKind.STAFF:
        helping = CallHelper.objects.filter(call_list=task.call_list_id, staff=UUID(by.id))
        helping.filter(first_at__isnull=True).update(first_at=at)
        helping.update(last_at=at)
