"""How somebody becomes a donor: at a desk, or again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from foundation import moves, rows, trail, vault
from foundation.access import Branch
from foundation.trail import Actor
from foundation.vault import DataKey, OpenKey, Subject
from registry import signals
from registry.donors import names, phones
from registry.donors.actions import common
from registry.donors.models import Contact, Donor
from registry.donors.records import ContactPerson, Person

if TYPE_CHECKING:
    from registry.drives.models import Drive


@transaction.atomic
def register(
    subject: Subject,
    person: Person,
    contacts: Sequence[ContactPerson],
    *,
    branch: Branch,
    by: Actor,
    at: datetime,
    on: Any = None,
    drive: Drive | None = None,
    recorded_at: datetime | None = None,
    document_seen: bool = True,
) -> Donor:
    """
    Register a volunteer whose consents were recorded in the same transaction.

    The seven days to think it over begin.

    :param on: where the right is asked: the drive, or by default the branch.
    :param document_seen: False for a form a volunteer filled alone, until a coordinator has seen the
        document.
    :raises moves.Refused: with every sentence that stands against it.
    """
    vault.lock(subject.pk)
    donor = build(subject, person, branch=branch, at=at, drive=drive)
    vault.index.settle([donor])
    donor.contact_verified_on = timezone.localdate(at)
    counted = sum(c.phone != person.phone for c in contacts)
    moves.begin(
        donor,
        "register",
        by=by,
        at=at,
        on=on or branch,
        recorded_at=recorded_at,
        contacts=counted,
        document_seen=document_seen,
        given=True,
    )
    rows.insert(Contact, build_contacts(donor, contacts, key=subject.key, on=timezone.localdate(at)))
    signals.donor_registered.send(Donor, donor=donor, by=by, at=at)
    return donor


@transaction.atomic
def rejoin(donor: Donor, *, weight_kg: Any = None, by: Actor, at: datetime, on: Any = None) -> Donor:
    """
    Let somebody who withdrew come back, with consents signed anew.

    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    donor.withdrawals.filter(ended_at__isnull=True).update(ended_at=at)
    saves = ["registered_at", "contact_verified_on", "weight_kg", "listed_on", *common.remember(donor)]
    donor.registered_at, donor.contact_verified_on = at, timezone.localdate(at)
    donor.weight_kg = weight_kg or donor.weight_kg
    donor.listed_on = None
    left_at = donor.left_at
    donor.left_at, donor.left_reason = None, ""
    saves += ["left_at", "left_reason"]
    common.move(donor, "rejoin", by=by, at=at, on=on, saves=saves, since=left_at)
    Subject.objects.filter(pk=donor.subject_id).update(restricted_at=None)
    trail.record(
        "subject.restriction_lifted", by=by, at=at, object=donor.subject, branch=donor.service_branch_id
    )
    return donor


def build(
    subject: Subject,
    person: Person,
    *,
    branch: Branch,
    at: datetime,
    drive: Drive | None = None,
    key: DataKey | OpenKey | None = None,
    **columns: Any,
) -> Donor:
    """
    Return a donor, sealed and not saved; a sheet inserts many at once.

    Whoever saves it settles its indexes first, in the same transaction.

    :param at: when the person registered; a sheet's day lies before today.
    """
    donor = rows.new(
        Donor,
        subject=subject,
        owner_branch=branch,
        owner_path=branch.path,
        service_branch=branch,
        service_path=branch.path,
        drive=drive,
        sex=person.sex,
        born_on=person.born_on,
        blood_group=person.blood_group,
        weight_kg=person.weight_kg,
        document_kind=person.document_kind,
        graduates_on=person.graduates_on,
        registered_at=at,
        name_index=vault.index.name(person.name),
        phone_index=vault.index.phone(person.phone) if person.phone else None,
        initials_index=vault.index.initials(names.initials(person.name)),
        **columns,
    )
    vault.seal(donor, key=key or subject.key, **_sealed_values(person))
    return donor


def build_contacts(
    donor: Donor, contacts: Sequence[ContactPerson], *, key: DataKey | OpenKey | None, on: date | None
) -> list[Contact]:
    """Return a donor's contacts, sealed under the donor's key and not saved."""
    built = []
    for order, person in enumerate(contacts, start=1):
        contact = rows.new(
            Contact,
            donor=donor,
            order=order,
            relation=person.relation,
            may_know=person.may_know,
            stance=person.stance,
            stance_on=on if person.stance != "NOT_ASKED" else None,
        )
        vault.seal(contact, key=key, name=person.name or None, phone=person.phone or None)
        built.append(contact)
    return built


def _sealed_values(person: Person) -> dict[str, str | None]:
    values = {
        "name": person.name,
        "document": person.document_number,
        "phone": phones.check(person.phone, landline=True) if person.phone else "",
        "email": person.email,
        "address": person.address,
        "workplace": person.workplace,
        "ethnic_group": person.ethnic_group,
        "education": person.education,
        "note": person.note,
    }
    return {name: value or None for name, value in values.items()}
