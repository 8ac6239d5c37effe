"""Insert sealed volunteers: within one transaction, and the database decides who is registered already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from consent import bulk as consents
from consent.actions.recording import PAPER_SHEET
from foundation import rows, trail
from foundation.ids import uuid7
from foundation.trail import Entry
from foundation.vault import bulk as people
from registry.donors import bulk as donors
from registry.donors.models import Donor
from registry.drives.models import SheetEntry
from registry.drives.sheets import Code
from registry.samples import bulk as samples

if TYPE_CHECKING:
    from registry.drives.imports.preparing import Taking, Volunteer

_SIGNED: Final = sorted(purpose.value for purpose in PAPER_SHEET)  # a sheet gives each person these


def insert(pieces: Iterable[Sequence[Volunteer]], taking: Taking) -> dict[int, list[Code]]:
    """
    Insert what was prepared, within the caller's transaction.

    :returns: the rows that somebody else was faster with, since they were compared.
    """
    late: dict[int, list[Code]] = {}
    rows.check_references(SheetEntry, at_once=True)
    for piece in pieces:
        try:
            with transaction.atomic():
                _insert_all(piece, taking)
        except IntegrityError:
            rows.check_references(SheetEntry, at_once=False)
            late |= _insert_those_left(piece, taking)
    return late


def _insert_all(piece: Sequence[Volunteer], taking: Taking) -> None:
    """
    Insert a piece that nobody was faster with, which is nearly every one.

    :raises IntegrityError: if somebody was.
    """
    people.insert_new([one.person for one in piece])
    _insert_the_rest(piece, taking)
    samples.insert_new([one.tube for one in piece if one.tube is not None])


def _insert_those_left(piece: Sequence[Volunteer], taking: Taking) -> dict[int, list[Code]]:
    """Insert a piece without those whom the database knows by now."""
    subjects = {one.number: one.person.unpacked() for one in piece}
    inside = people.insert_subjects(list(subjects.values()))
    late = {n: [Code.ALREADY_REGISTERED] for n, subject in subjects.items() if subject.pk not in inside}
    staying = [one for one in piece if one.number not in late]
    with_tube = samples.insert([one.tube.unpacked() for one in staying if one.tube is not None])
    tubeless = [one.number for one in staying if one.tube and one.donor_id not in with_tube]
    if tubeless:
        people.take_out([subjects[number] for number in tubeless])
        late |= {number: [Code.BARCODE_DUPLICATE] for number in tubeless}
        staying = [one for one in staying if one.number not in late]
    _insert_the_rest(staying, taking)
    return late


def _insert_the_rest(staying: Sequence[Volunteer], taking: Taking) -> None:
    donors.insert_packed([one.donor for one in staying], by=taking.by, at=taking.at)
    consents.insert([one.paper for one in staying])
    like = SheetEntry(drive=taking.drive, row=0, sheet_sha256=taking.sheet_sha256, at=taking.at)
    entry = rows.Stencil(like, "id", "donor_id", "row", "barcode")
    rows.insert(SheetEntry, [entry.cut(uuid7(), one.donor_id, one.number, one.barcode) for one in staying])
    trail.record_many(_line(one, taking) for one in staying)


def _line(one: Volunteer, taking: Taking) -> Entry:
    facts = {"drive": taking.drive.pk, "row": one.number, "consents": _SIGNED}
    if one.tube:
        facts["sample"] = one.tube.id
    return Entry(
        "donor.register",
        taking.by,
        taking.at,
        (Donor._meta.label_lower, str(one.donor_id)),
        branch=str(taking.drive.branch_id),
        after={"state": one.state},
        facts=facts,
    )
