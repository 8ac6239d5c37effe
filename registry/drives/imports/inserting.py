"""Insert sealed volunteers: within one transaction, and the database decides who is registered already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from consent import bulk as consents
from foundation import rows, trail
from foundation.vault import bulk as people
from registry.donors import bulk as donors
from registry.drives.models import SheetEntry
from registry.drives.sheets import Code
from registry.samples import bulk as samples

if TYPE_CHECKING:
    from registry.drives.imports.preparing import Taking, Volunteer


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
    rows.insert(SheetEntry, [one.entry for one in staying])
    trail.record_cut(one.line for one in staying)
