"""
Judge the rows of the records before: only what would lose, double or invent a person is refused. Pure.

Nobody's age, weight, contacts or tube is asked: these people were taken on long ago, by the rules of then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from foundation import moves
from foundation.papers.sheets import Row
from registry.donors import phones
from registry.donors.columns import Column
from registry.donors.documents import Document
from registry.donors.national import numbers
from registry.donors.records import ContactPerson, Person
from registry.donors.states import HAS_BEEN_LISTED, DonorState
from registry.drives.imports.existing.columns import state_of
from registry.drives.sheets import checking
from registry.drives.sheets.checking import Checked, Judged, Reader
from registry.drives.sheets.codes import Code
from registry.drives.sheets.judging import Judgement, numbers_of
from registry.drives.sheets.layout import Layout
from registry.drives.sheets.rows import Cells
from registry.hla import form
from registry.samples import barcodes

CONTACTS: Final = (
    (Column.CONTACT_1_NAME, Column.CONTACT_1_RELATION, Column.CONTACT_1_PHONE),
    (Column.CONTACT_2_NAME, Column.CONTACT_2_RELATION, Column.CONTACT_2_PHONE),
)
HEAVIEST_KG: Final = 400  # what the register keeps as a weight
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


def check(rows: Iterable[Row], layout: Layout, *, today: date) -> Iterator[Checked[OldRow]]:
    """Yield what came of every row that is not empty, in their order. No date lies after today."""
    return checking.check(rows, Reader(layout, lambda cells: _Judgement(cells, today).result()))


def weight_of(cells: Cells) -> Decimal | None:
    """Return the weight, None where there is none that can be kept."""
    weight = cells.weight_kg
    return weight if weight is not None and 0 < weight < HEAVIEST_KG else None


def words(cells: Cells, column: Column) -> str:
    """Return the words of a cell; half of a pair of surrogates, which nothing can keep, is replaced."""
    return _whole(cells.text(column))


def number(cells: Cells, column: Column) -> str:
    """Return a number that is text, nothing where the cell says that there is none."""
    return _whole(cells.said(column))


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@dataclass(slots=True)
class _Judgement(Judgement):
    """One row of the records under judgement."""

    def result(self) -> Judged[OldRow]:
        """Judge every part of the row, and say by which numbers it is told from the others."""
        row = self._row()
        known = numbers_of(row.person, row.barcode) | {Code.NATIONAL_NO_DUPLICATE: row.national_no}
        return Judged(self.cells, row, self.codes, known)

    def _row(self) -> OldRow:
        """Put together what is right."""
        listed_on = self.day(Column.LISTED_ON)
        registered_on = self.day(Column.REGISTERED_ON) or listed_on
        if registered_on is None:
            self.codes.add(Code.DATE_UNREADABLE)
        state = state_of(self.cells.text(Column.STATE))
        if state is None:
            self.codes.add(Code.STATE_UNKNOWN)
        if state in HAS_BEEN_LISTED and listed_on is None and Code.DATE_UNREADABLE not in self.codes:
            self.codes.add(Code.LISTED_ON_MISSING)
        return OldRow(
            self.cells.row.number,
            self._person(),
            self._contacts(),
            state or DonorState.REGISTERED,
            registered_on or self.today,
            listed_on,
            self.day(Column.VERIFIED_ON),
            self._national_no(),
            self._typing(),
            self._barcode(),
        )

    def _try(self, column: Column, read: Any, problem: type[ValueError], code: Code) -> str:
        """Return what a reader makes of a cell, nothing for an empty one."""
        written = number(self.cells, column)
        if not written:
            return ""
        try:
            return str(read(written))
        except problem:
            self.codes.add(code)
            return ""

    def _person(self) -> Person:
        cells = self.cells
        document = self.document(fifteen=True)
        return Person(
            name=self.name(),
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

    def _born_on(self, document: Document | None) -> date | None:
        written = self.day(Column.BORN_ON)
        known = document.born_on if document else None
        if written and known and written != known:
            self.codes.add(Code.BIRTH_DATE_CONTRADICTS_ID)
        return known or written

    def _sex(self, document: Document | None) -> str:
        written, known = self.cells.sex, document.sex if document else None
        if (written and known and written != known) or (document and not (written or known)):
            self.codes.add(Code.SEX_CONTRADICTS_ID)
        return known or written

    def _phone(self, column: Column) -> str:
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
        cell, written = self.cells.cell(Column.NATIONAL_NO), number(self.cells, Column.NATIONAL_NO)
        lost = isinstance(cell, int | float) and (abs(cell) >= _EXACT or not written.isdecimal())
        if written and (lost or written in self._numbers_to_call()):
            self.codes.add(Code.NATIONAL_NO_UNREADABLE)
            return ""
        return self._try(Column.NATIONAL_NO, numbers.of_old, moves.Refused, Code.NATIONAL_NO_UNREADABLE)

    def _numbers_to_call(self) -> set[str]:
        """Return the telephone numbers as they are written: beside a name they are kept sealed alone."""
        return {number(self.cells, column) for column in (Column.PHONE, *(phone for *_, phone in CONTACTS))}

    def _typing(self) -> str:
        return self._try(Column.TYPING, form.check, form.FormProblem, Code.TYPING_UNREADABLE)

    def _barcode(self) -> str:
        return self._try(Column.BARCODE, barcodes.check, barcodes.BarcodeProblem, Code.BARCODE_DUPLICATE)


def phone_of(text: str) -> str:
    """
    Return a number in E.164, a landline too: thirty years ago people gave that of their street.

    :raises PhoneProblem: if nobody can be called at it.
    """
    return phones.check(text, landline=True)
