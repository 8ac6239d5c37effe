"""Insert people from the records before; the database decides who is registered already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from consent import bulk as consents
from foundation import rows, trail, vault
from foundation.trail import Entry
from foundation.vault import Capacity, Subject
from foundation.vault import bulk as people
from registry.donors import bulk as donors
from registry.donors.reasons import Reason
from registry.drives.imports.existing import known
from registry.drives.models import RecordsEntry
from registry.drives.sheets import Code
from registry.hla.models import StoredTyping
from registry.samples import bulk as samples

if TYPE_CHECKING:
    from registry.drives.imports.existing.preparing import Person, Taking


def insert(pieces: Iterable[Sequence[Person]], taking: Taking) -> dict[int, list[Code]]:
    """
    Insert what was prepared, within the caller's transaction.

    :returns: the rows that somebody else was faster with, since they were compared.
    """
    late: dict[int, list[Code]] = {}
    for piece in pieces:
        late |= _insert_piece(piece, taking)
    return late


def _insert_piece(piece: Sequence[Person], taking: Taking) -> dict[int, list[Code]]:
    """Insert a piece; where somebody was given one of its national numbers, again without those rows."""
    late: dict[int, list[Code]] = {}
    while True:
        staying = [one for one in piece if one.number not in late]
        try:
            with transaction.atomic():
                return late | _insert_those(staying, taking)
        except IntegrityError:
            taken = known.national_numbers_in_use({one.donor.national_no for one in staying})
            if not taken:
                raise
            late |= {
                one.number: [Code.NATIONAL_NO_DUPLICATE] for one in staying if one.donor.national_no in taken
            }


def _insert_those(piece: Sequence[Person], taking: Taking) -> dict[int, list[Code]]:
    inside = people.insert_subjects([one.subject for one in piece])
    late = {one.number: [Code.ALREADY_REGISTERED] for one in piece if one.subject.pk not in inside}
    staying = [one for one in piece if one.number not in late]
    with_tube = samples.insert([one.tube for one in staying if one.tube is not None])
    tubeless = [one for one in staying if one.tube and one.donor.pk not in with_tube]
    if tubeless:
        people.take_out([one.subject for one in tubeless])
        late |= {one.number: [Code.BARCODE_DUPLICATE] for one in tubeless}
        staying = [one for one in staying if one.number not in late]
    donors.insert([one.newcomer for one in staying], by=taking.by, at=taking.at)
    consents.insert([one.paper for one in staying if one.paper is not None])
    rows.insert(StoredTyping, (one.typing for one in staying if one.typing is not None))
    rows.insert(RecordsEntry, (_entry(one, taking) for one in staying))
    trail.record_many(_line(one, taking) for one in staying)
    _tell_of_deaths(staying, taking)
    return late


def _entry(one: Person, taking: Taking) -> RecordsEntry:
    return RecordsEntry(
        donor=one.donor,
        branch=taking.branch,
        row=one.number,
        barcode=one.tube.sample.barcode if one.tube else "",
        sheet_sha256=taking.sheet_sha256,
        at=taking.at,
    )


def _line(one: Person, taking: Taking) -> Entry:
    facts: dict[str, Any] = {"row": one.number, "consents": len(one.paper.consents) if one.paper else 0}
    if one.tube:
        facts["sample"] = one.tube.sample.pk
    if one.typing:
        facts["typing"] = one.typing.pk
    return Entry(
        "donor.take_over",
        taking.by,
        taking.at,
        one.donor,
        branch=str(taking.branch.pk),
        reason=str(Reason.LEGACY),
        after={"state": one.donor.state},
        facts=facts,
    )


def _tell_of_deaths(staying: Sequence[Person], taking: Taking) -> None:
    """Let a death that stands in one capacity of a person silence the others."""
    indexes = {
        index: one.subject for one in staying for index in vault.index.both(one.subject, "document_index")
    }
    others = Subject.objects.exclude(capacity=Capacity.DONOR)
    for other in others.filter(vault.index.among("document_index", indexes)):
        own = next(indexes[one] for one in vault.index.both(other, "document_index") if one in indexes)
        told = other if own.died_reported_at else own
        if other.died_reported_at or own.died_reported_at:
            vault.report_dead(told, by=taking.by, at=taking.at, reason=Reason.DD)
