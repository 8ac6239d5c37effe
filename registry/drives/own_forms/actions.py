"""Everything that changes an own form: the volunteer's writing, and the coordinator's confirming."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from foundation import moves, trail, vault
from foundation.access import Permission, Staff
from foundation.trail import Actor, ActorKind
from foundation.vault import DataKey
from registry.drives.actions import drafts, rights
from registry.drives.answers import Answer, Answers
from registry.drives.models import Draft, Drive
from registry.drives.states import Step


class TooManyWait(ValueError):
    """So many own forms wait at a drive that no more are taken."""


@transaction.atomic
def begin(drive: Drive, *, key: UUID, answer: Answer, language: str, at: datetime) -> Draft:
    """
    Return the own form of this key, made now with its first page unless it was before.

    Nothing is looked up: the form is taken alike whether or not somebody is registered.

    :raises TooManyWait: beyond `OWN_FORMS_WAITING_MOST` of one drive.
    """
    held = Draft.objects.filter(idempotency_key=key, own_form=True, drive=drive)
    draft = held.first()
    if draft is None:
        if drive.drafts.filter(own_form=True, seen_at=None).count() >= settings.OWN_FORMS_WAITING_MOST:
            raise TooManyWait
        try:
            with transaction.atomic():
                return _made(drive, key=key, answer=answer, language=language, at=at)
        except IntegrityError:  # the same page, sent twice at one instant
            draft = held.get()
    return write(draft, Step.DOCUMENT, answer, at=at)


def _made(drive: Drive, *, key: UUID, answer: Answer, language: str, at: datetime) -> Draft:
    draft = Draft(drive=drive, own_form=True, idempotency_key=key, language=language, key=vault.new_key())
    draft.started_at = draft.touched_at = at
    vault.seal(draft, key=draft.key, answers=Answers().with_step(Step.DOCUMENT, answer).write())
    draft.save(force_insert=True)
    trail.record("own_form.begun", by=volunteer(draft), at=at, object=draft, branch=drive.branch_id)
    return draft


@transaction.atomic
def write(draft: Draft, step: Step, answer: Answer, *, at: datetime) -> Draft:
    """Keep one page. A form that was handed in stays as it is: what is wrong there, the coordinator mends."""
    held = Draft.objects.select_for_update(of=("self",)).select_related("drive").get(pk=draft.pk)
    if held.handed_in_at is not None:
        return held
    return drafts.keep(held, step, answer, at=at)


@transaction.atomic
def hand_in(draft: Draft, *, at: datetime) -> Draft:
    """Give the form the next number of the drive, by which the volunteer is called. Twice is once."""
    drive = Drive.objects.select_for_update().get(pk=draft.drive_id)
    draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.handed_in_at is not None:
        return draft
    last: int | None = drive.drafts.aggregate(last=Max("number"))["last"]
    draft.number, draft.handed_in_at, draft.touched_at = (last or 0) + 1, at, at
    draft.save(update_fields=["number", "handed_in_at", "touched_at"])
    trail.record("own_form.handed_in", by=volunteer(draft), at=at, object=draft, branch=drive.branch_id)
    return draft


@transaction.atomic
def destroy(draft: Draft, *, at: datetime) -> None:
    """Destroy a form with its key, as the volunteer wishes; not one that a coordinator is at already."""
    held = Draft.objects.select_for_update(of=("self",)).filter(pk=draft.pk, donor=None, seen_at=None).first()
    if held is None:
        return
    trail.record("own_form.destroyed", by=volunteer(held), at=at, object=held)
    held.delete()
    DataKey.objects.filter(pk__in=[held.key_id]).delete()


@transaction.atomic
def take_up(draft: Draft, *, staff: Staff, by: Actor, at: datetime) -> Draft:
    """
    Begin with the volunteer of a handed-in form.

    :raises moves.Refused: if somebody else is with them, and one may only help.
    :raises NotAllowed: if the actor does not work at the drive.
    """
    held = Draft.objects.select_for_update(of=("self",)).select_related("drive").get(pk=draft.pk)
    rights.check(by, Permission.DONOR_ENROL, Permission.ENROL_ASSIST, on=held.drive, at=at)
    if held.started_by_id not in {None, staff.pk} and not _may_confirm(by, held.drive, at=at):
        raise moves.Refused([_("Somebody else is with this volunteer.")], move="take_up")
    if held.started_by_id != staff.pk:
        held.started_by, held.touched_at = staff, at
        held.save(update_fields=["started_by", "touched_at"])
    trail.record("own_form.taken_up", by=by, at=at, object=held, branch=held.drive.branch_id)
    return held


@transaction.atomic
def confirm(draft: Draft, *, by: Actor, at: datetime) -> Draft:
    """
    Note that a coordinator has seen the document of an own form. Twice is once.

    :raises NotAllowed: if the actor may not enrol at the drive.
    """
    held = Draft.objects.select_for_update(of=("self",)).select_related("drive").get(pk=draft.pk)
    rights.check(by, Permission.DONOR_ENROL, on=held.drive, at=at)
    if not held.wants_to_be_seen:
        return held
    held.seen_at, held.seen_by_id = at, by.id
    held.save(update_fields=["seen_at", "seen_by_id"])
    trail.record("own_form.confirmed", by=by, at=at, object=held, branch=held.drive.branch_id)
    return held


def volunteer(draft: Draft) -> Actor:
    """Return who wrote an own form: a person known by the form alone."""
    return Actor(ActorKind.SUBJECT, str(draft.pk))


def _may_confirm(by: Actor, drive: Drive, *, at: datetime) -> bool:
    try:
        rights.check(by, Permission.DONOR_ENROL, on=drive, at=at)
    except PermissionError:
        return False
    return True
