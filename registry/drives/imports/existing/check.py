"""
Judge the rows of the records before: only what would lose, double or invent a person is refused. Pure.

Nobody's age, weight, contacts or tube is asked: these people were taken on long ago, by the rules of then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from foundation.papers.sheets import Row
from foundation.vault import normal
from registry.donors import documents, names, phones
from registry.donors.documents import Document, DocumentProblem
from registry.donors.records import ContactPerson, Person
from registry.donors.states import HAS_BEEN_LISTED, DonorState
from registry.drives.imports.existing.columns import Kept, state_of
from registry.drives.sheets import dates
from registry.drives.sheets.codes import Code
from registry.drives.sheets.furniture import Furniture
from registry.drives.sheets.layout import Column, Layout
from registry.drives.sheets.rows import Cells
from registry.drives.sheets.seen import Seen
from registry.hla import form
from registry.samples import barcodes

CONTACTS: Final = (
    (Column.CONTACT_1_NAME, Column.CONTACT_1_RELATION, Column.CONTACT_1_PHONE),
    (Column.CONTACT_2_NAME, Column.CONTACT_2_RELATION, Column.CONTACT_2_PHONE),
)
HEAVIEST_KG: Final = 400  # what the register keeps as a weight
_NATIONAL_NO: Final = re.compile(r"[^\W_][\w./ -]{0,22}[^\W_]|[^\W_]")  # 24 characters, none of them hidden
_EXACT: Final = 10**15  # a spreadsheet keeps 15 digits of a number


@dataclass(frozen=True, slots=True)
class OldRow:
    """Somebody of the records before, as far as these say."""

    number: int
    person: Person
    contacts: tuple[ContactPerson, ...]
    state: DonorState
    registered_on: date
    listed_on: date | None
    verified_on: date | None
    national_no: str
    typing: str  # in the one way to write it; empty: there is none
    barcode: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one row: it can be taken, or it has codes."""

    number: int
    cells: Cells = field(repr=False)
    row: OldRow | None = None
    codes: tuple[Code, ...] = ()


@dataclass(slots=True)
class Checker:
    """Checks row after row, and remembers documents, tubes and national numbers further up."""

    layout: Layout
    today: date
    _seen: dict[Code, Seen] = field(default_factory=dict)
    _furniture: Furniture = field(init=False)

    def __post_init__(self) -> None:
        """Know the title and the header, which long lists repeat on every page."""
        self._furniture = Furniture.of(self.layout)

    def check(self, row: Row) -> Checked | None:
        """Return what came of a row, None if it is empty or belongs to the print and not to a person."""
        cells = Cells.of(row, self.layout)
        if cells.is_empty or self._furniture.has(cells):
            return None
        judged = _Judged(cells, self.today)
        old = judged.result()
        codes = judged.codes + self._seen_before(old)
        return Checked(row.number, cells, None if codes else old, tuple(codes))

    def _seen_before(self, row: OldRow) -> list[Code]:
        """Return the first of its numbers that stands further up."""
        person = row.person
        document = person.document_number and normal.document(person.document_kind, person.document_number)
        said = {
            Code.DUPLICATE_IN_FILE: document,
            Code.BARCODE_DUPLICATE: row.barcode,
            Code.NATIONAL_NO_DUPLICATE: row.national_no,
        }
        met = [
            code for code, value in said.items() if value and self._seen.setdefault(code, Seen()).add(value)
        ]
        return met[:1]


def check(rows: Iterable[Row], layout: Layout, *, today: date) -> Iterator[Checked]:
    """Yield what came of every row that is not empty, in their order."""
    checker = Checker(layout, today)
    return (checked for row in rows if (checked := checker.check(row)) is not None)


def weight_of(cells: Cells) -> Decimal | None:
    """Return the weight, None where there is none that can be kept."""
    weight = cells.weight_kg
    return weight if weight is not None and 0 < weight < HEAVIEST_KG else None


def words(cells: Cells, column: StrEnum) -> str:
    """Return the words of a cell; half of a pair of surrogates, which nothing can keep, is replaced."""
    return _whole(cells.text(column))


def number(cells: Cells, column: StrEnum) -> str:
    """Return a number that is text, nothing where the cell says that there is none."""
    return _whole(cells.said(column))


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@dataclass(slots=True)
class _Judged:
    """One row under judgement."""

    cells: Cells
    today: date
    codes: list[Code] = field(default_factory=list)

    def result(self) -> OldRow:
        """Judge every part of the row and put together what is right."""
        listed_on = self._date(Kept.LISTED_ON)
        registered_on = self._date(Column.REGISTERED_ON) or listed_on
        if registered_on is None:
            self._add(Code.DATE_UNREADABLE)
        state = state_of(self.cells.text(Kept.STATE))
        if state is None:
            self._add(Code.STATE_UNKNOWN)
        if state in HAS_BEEN_LISTED and listed_on is None and Code.DATE_UNREADABLE not in self.codes:
            self._add(Code.LISTED_ON_MISSING)
        return OldRow(
            self.cells.row.number,
            self._person(),
            self._contacts(),
            state or DonorState.REGISTERED,
            registered_on or self.today,
            listed_on,
            self._date(Kept.VERIFIED_ON),
            self._national_no(),
            self._typing(),
            self._barcode(),
        )

    def _add(self, code: Code) -> None:
        if code not in self.codes:
            self.codes.append(code)

    def _try(self, column: StrEnum, read: Any, problem: type[ValueError], code: Code) -> str:
        """Return what a reader makes of a cell, nothing for an empty one."""
        written = number(self.cells, column)
        if not written:
            return ""
        try:
            return str(read(written))
        except problem:
            self._add(code)
            return ""

    def _person(self) -> Person:
        cells = self.cells
        document = self._document()
        return Person(
            name=self._name(),
            document_kind=str(document.kind) if document else "",
            document_number=document.number if document else "",
            sex=self._sex(document),
            born_on=self._born_on(document),
            phone=self._phone(Column.PHONE),
            address=words(cells, Column.ADDRESS),
            blood_group=cells.blood_group,
            weight_kg=weight_of(cells),
            workplace=words(cells, Column.WORKPLACE),
            ethnic_group=words(cells, Column.ETHNIC_GROUP),
            education=words(cells, Column.EDUCATION),
            note=words(cells, Column.NOTE),
        )

    def _name(self) -> str:
        try:
            return names.check(self.cells.text(Column.NAME))
        except names.NameProblem:
            self._add(Code.NAME_MISSING)
            return ""

    def _document(self) -> Document | None:
        cells = self.cells
        if cells.has_lost_digits:
            self._add(Code.ID_LOST_DIGITS)
            return None
        number = cells.number(Column.DOCUMENT_NUMBER)
        try:
            return documents.check(cells.document_kind, number, on=self.today, fifteen=True)
        except DocumentProblem as problem:
            lost = problem.code == Code.ID_LOST_DIGITS
            self._add(Code.ID_LOST_DIGITS if lost else Code.ID_CHECKSUM)
            return None

    def _born_on(self, document: Document | None) -> date | None:
        written = self._date(Column.BORN_ON)
        known = document.born_on if document else None
        if written and known and written != known:
            self._add(Code.BIRTH_DATE_CONTRADICTS_ID)
        return known or written

    def _sex(self, document: Document | None) -> str:
        written, known = self.cells.sex, document.sex if document else None
        if (written and known and written != known) or (document and not (written or known)):
            self._add(Code.SEX_CONTRADICTS_ID)
        return known or written

    def _date(self, column: StrEnum) -> date | None:
        try:
            found = dates.read(self.cells.cell(column))
        except dates.DateUnreadable:
            self._add(Code.DATE_UNREADABLE)
            return None
        if found is not None and found > self.today:
            self._add(Code.DATE_UNREADABLE)
            return None
        return found

    def _phone(self, column: StrEnum) -> str:
        return self._try(column, phone_of, phones.PhoneProblem, Code.PHONE_INVALID)

    def _contacts(self) -> tuple[ContactPerson, ...]:
        """Return the contacts who are named or have a number; one of the two is enough."""
        return tuple(
            ContactPerson(
                name=number(self.cells, name),
                phone=self._phone(phone),
                relation=self.cells.relation(relation),
            )
            for name, relation, phone in CONTACTS
            if self.cells.said(name) or self.cells.said(phone)
        )

    def _national_no(self) -> str:
        cell, written = self.cells.cell(Kept.NATIONAL_NO), number(self.cells, Kept.NATIONAL_NO)
        lost = isinstance(cell, int | float) and (abs(cell) >= _EXACT or not written.isdecimal())
        if not written or (_NATIONAL_NO.fullmatch(written) and not lost):
            return written
        self._add(Code.NATIONAL_NO_UNREADABLE)
        return ""

    def _typing(self) -> str:
        return self._try(Kept.TYPING, form.check, form.FormProblem, Code.TYPING_UNREADABLE)

    def _barcode(self) -> str:
        return self._try(Column.BARCODE, barcodes.check, barcodes.BarcodeProblem, Code.BARCODE_DUPLICATE)


def phone_of(text: str) -> str:
    """
    Return a number in E.164, a landline too: thirty years ago people gave that of their street.

    :raises PhoneProblem: if nobody can be called at it.
    """
    return phones.check(text, landline=True)
