"""Telephone numbers that are heard in a call, left in public, or brought from elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import calendar, moves, trail, vault
from foundation.access import Permission
from foundation.trail import Actor
from registry.donors import phones
from registry.donors.actions import common, rights
from registry.donors.actions.tasks import open_task
from registry.donors.models import CallKind, CallTask, Contact, Donor

LEFT_MOST: Final = 3  # numbers that wait on one call, the newest first [D]
_MAY_LEAVE: Final = (Permission.CALL_MAKE, Permission.DONOR_EDIT, Permission.DONOR_ENROL)


@transaction.atomic
def leave_number(
    donor: Donor, number: str, *, by: Actor, at: datetime, words: str = "", on: Any = None
) -> CallTask | None:
    """
    Keep a number that somebody left for a donor, and ask for a call on the next working day.

    The donor's own number stays until that call has shown whose the new one is. The number and
    the words are sealed on the call. For a donor whose data was erased nothing is kept.

    :param on: where the right is asked; by default the donor.
    :returns: the call, or None where nobody is called any more.
    :raises phones.PhoneProblem: if nobody can be called at the number.
    :raises moves.NotAllowed: if the actor may not leave numbers here.
    """
    new = phones.check(number)
    donor = common.locked(donor)
    rights.check(on or donor, by=by, at=at, permissions=_MAY_LEAVE)
    if donor.is_gone or donor.death_reported_at is not None or donor.subject.key_id is None:
        return None
    due = calendar.add_working_days(common.day_of(at), 1)
    task = open_task(donor, CallKind.NEW_NUMBER, due_on=due, at=at)
    kept = [new, *(old for old in left_numbers(task) if old != new)][:LEFT_MOST]
    told = vault.open_one(task, "words")["words"]
    said = "\n".join(filter(None, [words.strip(), told if isinstance(told, str) else ""]))
    saves = vault.seal(task, key=donor.subject.key_id, number="\n".join(kept), words=said[:2000] or None)
    task.save(update_fields=saves)
    trail.record("call.number_left", by=by, at=at, object=donor, task=task.pk)
    return task


def left_numbers(task: CallTask) -> list[str]:
    """Return the numbers that were left, the newest first; one that does not open is passed over."""
    opened = vault.open_one(task, "number")["number"]
    return opened.split("\n") if isinstance(opened, str) else []


@transaction.atomic
def record_new_number(
    donor: Donor, phone: str, *, by: Actor, at: datetime, task: CallTask | None = None
) -> Donor:
    """
    Keep a new number that was heard in a call, for the open task; the old one stays in a note.

    :raises phones.PhoneProblem: if nobody can be called at it.
    :raises moves.WrongState: if the donor has left meanwhile.
    :raises moves.NotAllowed: if the actor may not call here.
    """
    number = phones.check(phone)
    donor = common.locked(donor)
    rights.check(task or donor, by=by, at=at, permissions=(Permission.CALL_MAKE, Permission.DONOR_EDIT))
    if donor.is_gone:
        raise moves.WrongState(move="record_new_number", state=str(donor.state))
    old = vault.open_one(donor, "phone")["phone"]
    if old == number:
        return donor
    saves = [*vault.seal(donor, phone=number), *vault.index.put(donor, phone_index=vault.index.phone(number))]
    donor.phone_since, donor.phone_wrong_on = at, None
    donor.save(update_fields=[*saves, "phone_since", "phone_wrong_on"])
    if isinstance(old, str) and old:
        common.write_note(donor, about="number", words=old, by=by, at=at)
    trail.record("donor.number_changed", by=by, at=at, object=donor)
    return donor


@transaction.atomic
def record_contacts_number(
    donor: Donor, order: str, phone: str, *, by: Actor, at: datetime, task: CallTask | None = None
) -> Contact:
    """
    Keep a relative's or friend's new number that was heard in a call; the old one stays in a note.

    :param order: the place of the contact.
    :raises phones.PhoneProblem: if nobody can be called at it.
    :raises moves.Refused: if it is the donor's own number or that of another contact: who is
        looked for at two numbers that are one is lost too early; or if the contact is gone.
    :raises moves.WrongState: if the donor has left meanwhile.
    :raises moves.NotAllowed: if the actor may not call here.
    """
    number = phones.check(phone, landline=True)
    donor = common.locked(donor)
    rights.check(task or donor, by=by, at=at, permissions=(Permission.CALL_MAKE, Permission.DONOR_EDIT))
    if donor.is_gone:
        raise moves.WrongState(move="record_contacts_number", state=str(donor.state))
    contact = common.contact_at(donor, order)
    old = vault.open_one(contact, "phone")["phone"]
    if old == number:
        return contact
    others = vault.open(list(donor.contacts.exclude(pk=contact.pk)), ["phone"])
    if {"phone": number} in [vault.open_one(donor, "phone"), *others]:
        raise moves.Refused([_("This number is known already, as somebody else's.")])
    saves = vault.seal(contact, key=donor.subject.key_id, phone=number)
    contact.phone_since, contact.phone_wrong_on, contact.verified_on = at, None, None
    contact.save(update_fields=[*saves, "phone_since", "phone_wrong_on", "verified_on"])
    if isinstance(old, str) and old:
        words = f"{contact.get_relation_display()}: {old}"
        common.write_note(donor, about="contact_number", words=words, by=by, at=at)
    trail.record("contact.number_changed", by=by, at=at, object=donor, contact=contact.pk)
    return contact


def strike_out(task: CallTask, number: str) -> None:
    """Forget a number that was left and is somebody else's, or none at all."""
    kept = [each for each in left_numbers(task) if each != number]
    saves = vault.seal(task, number="\n".join(kept) or None)
    task.save(update_fields=saves)
