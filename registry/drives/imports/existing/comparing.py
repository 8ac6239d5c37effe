"""
Compare what the records said with what comes back out of the register, column by column, in normal form.

A line is compared by its marks: keyed hashes of its cells, which may lie on a disk because nobody
can read them. The key lives as long as the import.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import blake2b
from typing import Any, Final

from foundation.papers.sheets import Row
from registry.donors import documents
from registry.donors.columns import OF_THE_RECORDS, Column
from registry.donors.national import numbers
from registry.drives.imports.existing.check import CONTACTS, OldRow, number, phone_of, weight_of, words
from registry.drives.imports.existing.columns import state_of
from registry.drives.sheets import dates
from registry.drives.sheets.rows import Cells
from registry.hla import form
from registry.samples import barcodes

Line = Mapping[Column, str]
_AS_WRITTEN: Final = (
    Column.NAME,
    Column.ETHNIC_GROUP,
    Column.EDUCATION,
    Column.WORKPLACE,
    Column.ADDRESS,
    Column.NOTE,
)
_DATES: Final = (Column.BORN_ON, Column.REGISTERED_ON, Column.LISTED_ON, Column.VERIFIED_ON)
_OTHER: Final = frozenset({"", "其他", "其它"})
_PLACES: Final = {column: place for place, column in enumerate(OF_THE_RECORDS)}
_MARK_BYTES: Final = 8


def said(cells: Cells, row: OldRow) -> Line:
    """Return what the records say of somebody, with what an empty cell leaves to the document or a rule."""
    person = row.person
    left_out: dict[Column, str] = {
        Column.DOCUMENT_KIND: person.document_kind,
        Column.SEX: person.sex,
        Column.BORN_ON: _iso(person.born_on),
        Column.REGISTERED_ON: _iso(row.registered_on),
    }
    line = normal_form(cells)
    return {column: line[column] or left_out.get(column, "") for column in OF_THE_RECORDS}


def came_back(texts: Mapping[str, str]) -> Line:
    """Return a line of the register as it goes out: header → text."""
    return normal_form(Cells(Row(0, [texts.get(column, "") for column in OF_THE_RECORDS]), _PLACES))


def normal_form(cells: Cells) -> Line:
    """
    Return a line in which two spellings of one value are equal; a value that cannot be read stays as it is.

    Names and other words are compared character by character. A first contact who is not named
    gives the place to the second.
    """
    read: dict[Column, Callable[[str], object]] = {
        Column.SEX: lambda _: cells.sex,
        Column.BLOOD_GROUP: lambda _: cells.blood_group,
        Column.WEIGHT: lambda _: _kilograms(cells),
        Column.PHONE: phone_of,
        Column.BARCODE: barcodes.check,
        Column.STATE: state_of,
        Column.NATIONAL_NO: numbers.of_old,
        Column.TYPING: form.check,
        **{column: partial(_day, cells, column) for column in _DATES},
    }
    line: dict[Column, str] = {column: words(cells, column) for column in _AS_WRITTEN}
    line |= {column: _read(number(cells, column), reader) for column, reader in read.items()}
    return line | _document(cells) | _contacts(cells)


def _read(written: str, reader: Callable[[str], object]) -> str:
    try:
        return str(reader(written) or written) if written else ""
    except ValueError:
        return written


def _day(cells: Cells, column: Column, _written: str) -> str:
    return _iso(dates.read(cells.cell(column)))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _kilograms(cells: Cells) -> str:
    weight = weight_of(cells)
    return f"{weight.normalize():f}" if weight is not None else ""


def _document(cells: Cells) -> dict[Column, str]:
    kind, written = words(cells, Column.DOCUMENT_KIND), number(cells, Column.DOCUMENT_NUMBER)
    try:
        document = documents.check(cells.document_kind, written, fifteen=True)
    except documents.DocumentProblem:
        return {Column.DOCUMENT_KIND: kind, Column.DOCUMENT_NUMBER: written}
    known = str(document.kind) if kind else ""
    return {Column.DOCUMENT_KIND: known, Column.DOCUMENT_NUMBER: document.number}


def _contacts(cells: Cells) -> dict[Column, str]:
    people = [
        (number(cells, name), _relation(cells, relation), _read(number(cells, phone), phone_of))
        for name, relation, phone in CONTACTS
        if number(cells, name) or number(cells, phone)
    ]
    people += [("", "", "")] * (len(CONTACTS) - len(people))
    return {
        column: value
        for columns, values in zip(CONTACTS, people, strict=True)
        for column, value in zip(columns, values, strict=True)
    }


def _relation(cells: Cells, column: Column) -> str:
    code, written = cells.relation(column), words(cells, column)
    return written if code == "OTHER" and written not in _OTHER else code


@dataclass(frozen=True, slots=True)
class Marker:
    """Marks lines so that they can be compared and not read."""

    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def marks(self, line: Line) -> bytes:
        """Return the marks of a line, one after the other in the order of the columns."""
        return b"".join(self._mark(line[column]) for column in OF_THE_RECORDS)

    def differing(self, marks: bytes, line: Line) -> list[str]:
        """Return the columns in which a line is not the one that was marked."""
        now = self.marks(line)
        columns = enumerate(OF_THE_RECORDS)
        return [str(column) for place, column in columns if _cut(marks, place) != _cut(now, place)]

    def _mark(self, text: str) -> bytes:
        return blake2b(text.encode(), key=self._key, digest_size=_MARK_BYTES).digest()


def _cut(marks: bytes, place: int) -> Any:
    return marks[place * _MARK_BYTES : (place + 1) * _MARK_BYTES]
