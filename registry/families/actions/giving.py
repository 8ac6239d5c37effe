"""Enter one who gave, by hand, and put right what was entered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.access import Branch, task_actor
from foundation.trail import Actor
from foundation.vault import Capacity, Subject
from registry.donors import actions as donors
from registry.donors import documents, names
from registry.donors.actions import doors
from registry.donors.models import Donor
from registry.donors.states import DonorState
from registry.families import signals
from registry.families.actions import common
from registry.families.models import Gift, Giver
from registry.families.records import OneWhoGave


class AlreadyEntered(moves.Refused):
    """Somebody who gave is entered under this document already."""

    def __init__(self) -> None:
        super().__init__(
            [_("Somebody with this document is entered already. Look for them, or ask the branch above.")],
            move="enter",
        )


@transaction.atomic
def enter_giver(gave: OneWhoGave, *, branch: Branch, by: Actor, at: datetime) -> Giver:
    """
    Enter one who gave after death.

    Where the document is known, every other record of the same person is silenced: nobody writes
    to the volunteer they had been.

    :raises AlreadyEntered: if one who gave has this document.
    :raises doors.AskedTooOften: beyond `DOOR_ASKED_PER_HOUR` documents of one person in an hour.
    :raises moves.Refused: if the dates cannot be right.
    :raises names.NameProblem: if the name is none. :raises documents.DocumentProblem: if the number is none.
    :raises moves.NotAllowed: if the actor may not keep families at the branch.
    """
    common.check(branch, by=by, at=at, permissions=common.MAY_EDIT)
    known = _checked(gave, at=at)
    number = known.pop("document")
    giver = Giver(
        subject=_subject(known["document_kind"], number, branch=branch, by=by, at=at),
        branch=branch,
        branch_path=branch.path,
        entered_at=at,
        **{name: value for name, value in known.items() if name != "name"},
        **by.columns(),
    )
    vault.index.put(giver, name_index=vault.index.name(known["name"]))
    vault.seal(
        giver,
        key=giver.subject.key,
        name=known["name"],
        document=number or None,
        note=gave.note.strip() or None,
    )
    giver.save(force_insert=True)
    trail.record("giver.entered", by=by, at=at, object=giver, branch=branch.pk, gifts=sorted(gave.gifts))
    vault.report_dead(giver.subject, by=by, at=at, reason="gave")
    signals.giver_entered.send(Giver, giver=giver, by=by, at=at)
    return giver


@transaction.atomic
def correct_giver(giver: Giver, gave: OneWhoGave, *, by: Actor, at: datetime) -> list[str]:
    """
    Put right what was entered of one who gave; what hangs on the days follows.

    A volunteer who was silenced by a document that was mistyped is heard again.

    :returns: the names of what is another now.
    :raises AlreadyEntered: if another who gave has this document.
    :raises doors.AskedTooOften: beyond `DOOR_ASKED_PER_HOUR` documents of one person in an hour.
    :raises moves.Refused: if nothing differs, or the dates cannot be right.
    """
    vault.lock(giver.subject_id)
    giver = Giver.objects.select_related("subject").get(pk=giver.pk)
    common.check(giver, by=by, at=at, permissions=common.MAY_EDIT)
    common.check_kept(giver)
    right = _checked(gave, at=at) | {"note": gave.note.strip()}
    before = values_of_giver(giver)
    changed = [name for name, value in right.items() if before[name] != value]
    if not changed:
        raise moves.Refused([_("Nothing is another than before.")])
    if {"document", "document_kind"} & set(changed):
        mistaken = _silenced_with(giver.subject)
        _take_document(giver.subject, right["document_kind"], right["document"], by=by, at=at)
        _let_speak(mistaken, by=by, at=at)
    sealed = {name: right[name] or None for name in ("name", "document", "note")}
    saves = vault.index.put(giver, name_index=vault.index.name(right["name"]))
    for name in set(right) - set(sealed):
        setattr(giver, name, right[name])
    giver.save(update_fields=[*saves, *vault.seal(giver, **sealed), *(set(right) - set(sealed))])
    trail.record("giver.corrected", by=by, at=at, object=giver, fields=sorted(changed))
    vault.report_dead(giver.subject, by=by, at=at, reason="gave")
    for family in giver.families.select_related("giver__subject", "branch"):
        common.tell(family, by=by, at=at)
    return sorted(changed)


def values_of_giver(giver: Giver) -> dict[str, Any]:
    """Return what is known of one who gave, opened: for the form that puts it right."""
    plain = vault.open_one(giver, "name", "document", "note")
    known = {name: getattr(giver, name) for name in _IN_CLEAR}
    return known | {name: value if isinstance(value, str) else "" for name, value in plain.items()}


_IN_CLEAR = ("gifts", "died_on", "gave_on", "born_on", "sex", "document_kind")


def _checked(gave: OneWhoGave, *, at: datetime) -> dict[str, Any]:
    """Return the values, each in its one form."""
    number = kind = ""
    born_on, sex = gave.born_on, gave.sex
    if gave.document_number.strip():
        document = documents.check(gave.document_kind, gave.document_number, on=gave.died_on, fifteen=True)
        number, kind = document.number, document.kind.value
        born_on, sex = born_on or document.born_on, sex or document.sex or ""
    _check_days(gave, born_on, today=timezone.localdate(at))
    return {
        "name": names.check(gave.name),
        "gifts": [gift.value for gift in Gift if gift in set(gave.gifts)],
        "died_on": gave.died_on,
        "gave_on": gave.gave_on,
        "born_on": born_on,
        "sex": sex,
        "document_kind": kind,
        "document": number,
    }


def _check_days(gave: OneWhoGave, born_on: date | None, *, today: date) -> None:
    sentences = []
    if gave.died_on > today or gave.gave_on > today:
        sentences.append(_("A day in the future cannot be right."))
    if gave.gave_on < gave.died_on:
        sentences.append(_("The gift cannot be from before the day of the death."))
    if born_on is not None and born_on > gave.died_on:
        sentences.append(_("The day of birth lies after the day of the death."))
    if not set(gave.gifts) & set(Gift):
        sentences.append(_("Say what was given."))
    if sentences:
        raise moves.Refused(sentences, move="enter")


def _subject(kind: str, number: str, *, branch: Branch, by: Actor, at: datetime) -> Subject:
    if number:  # the answer tells that somebody gave
        doors.count_look_up(by, at=at)
    index = vault.index.document(kind, number) if number else None
    try:
        return vault.create_subject(capacity=Capacity.GIVER, branch=branch, document_index=index, at=at)
    except vault.AlreadyThere:
        raise AlreadyEntered from None


def _take_document(subject: Subject, kind: str, number: str, *, by: Actor, at: datetime) -> None:
    """Let the index of the person's document follow; who is silenced with them, is so from this moment."""
    if number:
        doors.count_look_up(by, at=at)
    index = vault.index.document(kind, number) if number else None
    taken = Subject.objects.filter(
        vault.index.among("document_index", index.each if index else []), capacity=Capacity.GIVER
    )
    if taken.exclude(pk=subject.pk).exists():
        raise AlreadyEntered
    subject.died_reported_at = at
    subject.save(update_fields=["died_reported_at", *vault.index.put(subject, document_index=index)])


def _silenced_with(subject: Subject) -> list[Subject]:
    """Return who was silenced because they have the document of one who gave, and by no other word."""
    if not subject.document_index:
        return []
    same = list(Subject.objects.filter(vault.index.same_as(subject, "document_index")).exclude(pk=subject.pk))
    known = {one.died_reported_at for one in same} - {None}
    return same if known == {subject.died_reported_at} else []  # one report marks all at one moment


def _let_speak(mistaken: list[Subject], *, by: Actor, at: datetime) -> None:
    """Take the death report back from those with whose document one who gave was entered by mistake."""
    for subject in mistaken:
        found = Donor.objects.select_related("subject", "merged_into__subject").filter(subject=subject)
        donor = found.first()
        kept = (donor and donor.merged_into) or donor
        if kept is None:
            vault.lift_death_report(subject, by=by, at=at, reason="gave")
        elif kept.state != DonorState.DECEASED and kept.subject.died_reported_at == subject.died_reported_at:
            # Who entered it holds no right at the volunteer's branch, and mends what it did there.
            donors.lift_death_report(kept, by=task_actor("families.corrected"), at=at)
