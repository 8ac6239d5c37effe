"""Begin, keep, and throw away the sealed drafts of volunteers who are not done yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from foundation import trail, vault
from foundation.access import Permission, Staff
from foundation.trail import Actor
from foundation.vault import DataKey, Subject
from registry.drives.actions import rights
from registry.drives.answers import Answer, Answers
from registry.drives.models import Appointment, Draft, Drive
from registry.drives.states import Step


@transaction.atomic
def begin(drive: Drive, *, draft_id: UUID, staff: Staff, language: str, by: Actor, at: datetime) -> Draft:
    """
    Return the draft with this id, made now unless a form sent twice made it before.

    It gets the next number of the drive, by which a volunteer can be called.
    """
    drive = Drive.objects.select_for_update().get(pk=drive.pk)
    rights.check(by, Permission.DONOR_ENROL, Permission.ENROL_ASSIST, on=drive, at=at)
    draft = drive.drafts.filter(pk=draft_id).first()
    if draft is not None:
        return draft
    last: int | None = drive.drafts.aggregate(last=Max("number"))["last"]
    draft = Draft(id=draft_id, drive=drive, number=(last or 0) + 1, key=vault.new_key(), language=language)
    draft.started_by, draft.started_at, draft.touched_at = staff, at, at
    vault.seal(draft, key=draft.key, answers=Answers().write())
    draft.save(force_insert=True)
    trail.record("draft.begun", by=by, at=at, object=draft, branch=drive.branch_id, drive=str(drive.pk))
    return draft


@transaction.atomic
def keep(draft: Draft, step: Step, answer: Answer, *, at: datetime) -> Draft:
    """
    Seal what was typed at one step, right or wrong, so that it is never lost.

    A draft that is done keeps nothing and is returned as it is.
    """
    draft = Draft.objects.select_for_update(of=("self",)).select_related("drive").get(pk=draft.pk)
    if draft.donor_id is not None:
        return draft
    answers = read(draft).with_step(step, answer)
    changed = vault.seal(draft, key=draft.key_id, answers=answers.write())
    draft.step, draft.touched_at = answers.first_open or Step.TUBE, at
    draft.save(update_fields=[*changed, "touched_at", "step"])
    return draft


def read(draft: Draft) -> Answers:
    """Open what was typed so far; empty where the draft is done or does not open."""
    opened = vault.open_one(draft, "answers")["answers"]
    return Answers.read(opened if isinstance(opened, str) else "")


@transaction.atomic
def discard(draft: Draft, *, by: Actor, at: datetime) -> None:
    """Throw a draft away with its key: nothing of the volunteer is left. Doing it twice changes nothing."""
    held = Draft.objects.select_for_update().select_related("drive").filter(pk=draft.pk, donor=None).first()
    if held is None:
        return
    key_id = held.key_id
    drive = held.drive
    trail.record("draft.discarded", by=by, at=at, object=held, branch=drive.branch_id, drive=str(drive.pk))
    held.delete()
    DataKey.objects.filter(pk__in=[key_id]).delete()


@transaction.atomic
def purge(*, by: Actor, at: datetime) -> int:
    """
    Destroy the drafts and appointments that nobody touched for `DRAFT_DAYS`, and return how many.

    An own form that was never handed in goes after a day: nobody can go on with it. Whoever answered a
    reminder stays until somebody has read it: they may have told of a death.

    Source: security.md section 2 (14 days).
    """
    before = at - timedelta(days=settings.DRAFT_DAYS)
    yesterday = at - timedelta(hours=settings.OWN_FORM_UNFINISHED_HOURS)
    unfinished = Q(own_form=True, handed_in_at=None, touched_at__lt=yesterday)
    unread = Subject.objects.filter(answers__state="OPEN").values("pk")
    read = Q(subject__isnull=True) | ~Q(subject__in=unread)
    over = Appointment.objects.filter(read, starts_at__lt=before)
    vault.lock(*over.filter(subject__isnull=False).values_list("subject_id", flat=True))  # before any draft
    old = list(Draft.objects.select_for_update().filter(Q(touched_at__lt=before) | unfinished))
    missed = list(over.select_for_update(of=("self",)).select_related("subject"))
    keys = [key for key in (*(d.key_id for d in old), *(a.key_id for a in missed)) if key is not None]
    Draft.objects.filter(pk__in=[draft.pk for draft in old]).delete()
    Appointment.objects.filter(pk__in=[one.pk for one in missed]).delete()
    DataKey.objects.filter(pk__in=keys).delete()
    for subject in sorted((one.subject for one in missed if one.subject), key=lambda one: one.pk):
        vault.erase(subject, by=by, at=at, reason="appointment_over")
    if old or missed:
        trail.record("draft.purged", by=by, at=at, drafts=len(old), appointments=len(missed))
    return len(old) + len(missed)
