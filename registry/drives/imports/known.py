"""Compare the rows of a sheet with who is registered already; shows nothing of anybody's record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from foundation import vault
from foundation.vault import Capacity, Subject, normal
from registry.donors.columns import Column
from registry.donors.models import Donor
from registry.drives.imports import erased
from registry.drives.sheets import Code
from registry.samples import bulk as samples

if TYPE_CHECKING:
    from registry.drives.imports.judging import Candidate
    from registry.drives.models import Drive
    from registry.drives.sheets import SheetRow

_SEALED = ("name", "phone", "address", "workplace", "education", "ethnic_group", "note")


@dataclass(slots=True)
class Judgement:
    """What the registry says of some rows: who is new, who is in unchanged, who cannot be taken."""

    fresh: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    rejected: dict[int, list[Code]] = field(default_factory=dict)
    differing: dict[int, list[str]] = field(default_factory=dict)


def judge(
    rows: Sequence[Candidate],
    drive: Drive,
    *,
    read: Callable[[int], SheetRow],
    erased_rows: Collection[int] = (),
) -> Judgement:
    """
    Ask for a piece of a sheet who is registered and which tubes are in use, each in one query.

    :param read: reads a row, by its number; asked for those alone who are in unchanged.
    :param erased_rows: numbers of rows that made somebody who was erased.
    """
    subjects = _subjects([each for row in rows if row.document for each in row.document.each])
    taken = samples.barcodes_in_use({row.barcode for row in rows if row.barcode})
    of_erased = erased.tubes_among(taken)
    judgement, known = Judgement(), []
    for row in rows:
        each = row.document.each if row.document else []
        subject = next((subjects[index] for index in each if index in subjects), None)
        if subject is not None and _is_of(row, subject, drive):
            judgement.unchanged.append(row.number)
            known.append((read(row.number), subject.donor))
        elif subject is not None:
            judgement.rejected[row.number] = [Code.ALREADY_REGISTERED]
        elif row.number in erased_rows or row.barcode in of_erased:
            judgement.rejected[row.number] = [Code.ERASED]
        elif row.barcode in taken:
            judgement.rejected[row.number] = [Code.BARCODE_DUPLICATE]
        else:
            judgement.fresh.append(row.number)
    judgement.differing = _differing(known)
    return judgement


def _subjects(indexes: Sequence[str]) -> Mapping[str | None, Any]:
    found = Subject.objects.filter(capacity=Capacity.DONOR, document_index__in=indexes)
    with_donors = found.select_related("donor__sheet_entry").prefetch_related(
        "donor__contacts", "donor__samples"
    )
    return {subject.document_index: subject for subject in with_donors}


def _is_of(row: Candidate, subject: Any, drive: Drive) -> bool:
    """
    Return whether this very row made the donor: the same drive, and the tube the sheet gave then.

    Somebody enrolled at the desk of the drive stands on its list too: there it is a tube the desk took.
    """
    donor = getattr(subject, "donor", None)
    entry = getattr(donor, "sheet_entry", None)
    if entry is not None:
        return bool(entry.drive_id == drive.pk and entry.barcode == row.barcode)
    if donor is None or donor.drive_id != drive.pk:
        return False
    tubes = {sample.barcode for sample in donor.samples.all()}
    return row.barcode in tubes if row.barcode else not tubes


def _differing(known: Sequence[tuple[SheetRow, Donor]]) -> dict[int, list[str]]:
    """Return the columns in which rows differ from the record; nothing of them is applied."""
    opened = vault.open([donor for _, donor in known], _SEALED)
    contacts = [contact for _, donor in known for contact in donor.contacts.all()]
    words = dict(zip((c.pk for c in contacts), vault.open(contacts, ["name", "phone"]), strict=True))
    found = {}
    for (row, donor), record in zip(known, opened, strict=True):
        people = [words[c.pk] for c in sorted(donor.contacts.all(), key=lambda c: c.order)]
        columns = [str(c) for c, (one, other) in _pairs(row, donor, record, people).items() if one != other]
        if columns:
            found[row.number] = columns
    return found


def _pairs(
    row: SheetRow, donor: Donor, record: Mapping[str, Any], people: Sequence[Mapping[str, Any]]
) -> Any:
    person = row.person
    pairs = {
        Column.NAME: (normal.name(person.name), normal.name(_words(record["name"]))),
        Column.PHONE: (person.phone, _words(record["phone"])),
        Column.ADDRESS: (person.address, _words(record["address"])),
        Column.WORKPLACE: (person.workplace, _words(record["workplace"])),
        Column.EDUCATION: (person.education, _words(record["education"])),
        Column.ETHNIC_GROUP: (person.ethnic_group, _words(record["ethnic_group"])),
        Column.NOTE: (person.note, _words(record["note"])),
        Column.SEX: (person.sex, donor.sex),
        Column.BLOOD_GROUP: (person.blood_group, donor.blood_group),
        Column.WEIGHT: (person.weight_kg, donor.weight_kg),
        Column.REGISTERED_ON: (row.registered_on, timezone.localdate(donor.registered_at)),
    }
    columns = (
        (Column.CONTACT_1_NAME, Column.CONTACT_1_PHONE),
        (Column.CONTACT_2_NAME, Column.CONTACT_2_PHONE),
    )
    for (name, phone), contact, kept in zip(columns, row.contacts, people, strict=False):
        pairs[name] = (normal.name(contact.name), normal.name(_words(kept["name"])))
        pairs[phone] = (contact.phone, _words(kept["phone"]))
    return pairs


def _words(opened: Any) -> str:
    return opened if isinstance(opened, str) else ""
