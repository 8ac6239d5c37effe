"""Judge the rows of a paper list: who can be registered, and what is wrong with the others. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.conf import settings

from foundation.papers.sheets import Row
from foundation.vault import normal
from registry.donors import documents, names, phones
from registry.donors.documents import Document, DocumentKind, DocumentProblem
from registry.donors.records import ContactPerson, Person
from registry.drives.sheets import dates
from registry.drives.sheets.codes import Code
from registry.drives.sheets.layout import Column, Layout
from registry.drives.sheets.rows import Cells
from registry.samples import barcodes

_CONTACTS: Final = (
    (Column.CONTACT_1_NAME, Column.CONTACT_1_RELATION, Column.CONTACT_1_PHONE),
    (Column.CONTACT_2_NAME, Column.CONTACT_2_RELATION, Column.CONTACT_2_PHONE),
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that can be taken: the volunteer, their contacts, the day and the tube."""

    number: int
    person: Person
    contacts: tuple[ContactPerson, ...]
    registered_on: date
    barcode: str  # empty: no tube was taken


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one row: it can be taken, or it has codes."""

    number: int
    cells: Cells = field(repr=False)
    row: SheetRow | None = None
    codes: tuple[Code, ...] = ()


@dataclass(slots=True)
class Checker:
    """Checks row after row, and remembers the documents and tubes further up. No date lies after today."""

    layout: Layout
    today: date
    _documents: set[str] = field(default_factory=set)
    _barcodes: set[str] = field(default_factory=set)

    def check(self, row: Row) -> Checked | None:
        """Return what came of a row, None if it is empty."""
        cells = Cells.of(row, self.layout)
        if cells.is_empty:
            return None
        sheet_row, codes = _Judged(cells, self.today).result()
        codes = codes + self._seen_before(cells, sheet_row)
        return Checked(row.number, cells, None if codes else sheet_row, tuple(codes))

    def _seen_before(self, cells: Cells, row: SheetRow) -> list[Code]:
        codes = []
        if row.person.document_number:
            document = normal.document(row.person.document_kind, row.person.document_number)
            if document in self._documents:
                codes.append(Code.DUPLICATE_IN_FILE)
            self._documents.add(document)
        if row.barcode:
            if row.barcode in self._barcodes and not codes:
                codes.append(Code.BARCODE_DUPLICATE)
            self._barcodes.add(row.barcode)
        return codes


def check(rows: Iterable[Row], layout: Layout, *, today: date) -> Iterator[Checked]:
    """Yield what came of every row that is not empty, in their order."""
    checker = Checker(layout, today)
    return (checked for row in rows if (checked := checker.check(row)) is not None)


@dataclass(slots=True)
class _Judged:
    """One row under judgement."""

    cells: Cells
    today: date
    codes: list[Code] = field(default_factory=list)

    def result(self) -> tuple[SheetRow, list[Code]]:
        """Judge every part of the row and put together what is right."""
        cells = self.cells
        name = self._name()
        registered_on = self._date(Column.REGISTERED_ON, required=True)
        document = self._document()
        born_on, sex = self._born_on(document), self._sex(document)
        self._age(born_on, registered_on)
        phone = self._phone(Column.PHONE)
        contacts = self._contacts(phone)
        self._weight(sex)
        person = Person(
            name=name,
            document_kind=str(document.kind) if document else "",
            document_number=document.number if document else "",
            sex=sex,
            born_on=born_on,
            phone=phone,
            address=cells.text(Column.ADDRESS),
            blood_group=cells.blood_group,
            weight_kg=cells.weight_kg,
            workplace=cells.text(Column.WORKPLACE),
            ethnic_group=cells.text(Column.ETHNIC_GROUP),
            education=cells.text(Column.EDUCATION),
            note=cells.text(Column.NOTE),
        )
        row = SheetRow(cells.row.number, person, contacts, registered_on or self.today, self._barcode())
        return row, self.codes

    def _add(self, code: Code) -> None:
        if code not in self.codes:
            self.codes.append(code)

    def _name(self) -> str:
        try:
            return names.check(self.cells.text(Column.NAME))
        except names.NameProblem:
            self._add(Code.NAME_MISSING)
            return ""

    def _date(self, column: Column, *, required: bool = False) -> date | None:
        try:
            found = dates.read(self.cells.cell(column))
        except dates.DateUnreadable:
            found, required = None, True
        if (found is None and required) or (found is not None and found > self.today):
            self._add(Code.DATE_UNREADABLE)
            return None
        return found

    def _document(self) -> Document | None:
        kind = self.cells.document_kind
        number = self.cells.text(Column.DOCUMENT_NUMBER)
        if self._lost_digits(kind, number):
            self._add(Code.ID_LOST_DIGITS)
            return None
        try:
            return documents.check(kind, number, on=self.today)
        except DocumentProblem as problem:
            lost = problem.code == Code.ID_LOST_DIGITS
            self._add(Code.ID_LOST_DIGITS if lost else Code.ID_CHECKSUM)
            return None

    def _lost_digits(self, kind: str, number: str) -> bool:
        """Return whether the spreadsheet has kept the number as a number. Those of letters it never does."""
        of_18_digits = kind in {DocumentKind.RESIDENT_ID, DocumentKind.RESIDENCE_PERMIT}
        return self.cells.has_numeric_document and (of_18_digits or "e" in number.lower())

    def _born_on(self, document: Document | None) -> date | None:
        written = self._date(Column.BORN_ON)
        known = document.born_on if document else None
        if written and known and written != known:
            self._add(Code.BIRTH_DATE_CONTRADICTS_ID)
        return known or written

    def _sex(self, document: Document | None) -> str:
        written = self.cells.sex
        known = document.sex if document else None
        if (written and known and written != known) or not (written or known):
            self._add(Code.SEX_CONTRADICTS_ID)
        return known or written

    def _age(self, born_on: date | None, registered_on: date | None) -> None:
        """Ask for 18 to 45 on the day, where both are known and nothing else is wrong with the birth date."""
        doubtful = {Code.BIRTH_DATE_CONTRADICTS_ID, Code.SEX_CONTRADICTS_ID, Code.DATE_UNREADABLE}
        if registered_on is None or doubtful & set(self.codes):
            return
        if born_on is None:
            if Code.ID_CHECKSUM not in self.codes and Code.ID_LOST_DIGITS not in self.codes:
                self._add(Code.AGE_OUT_OF_RANGE)
            return
        if not settings.AGE_LOWEST <= age(born_on, registered_on) <= settings.AGE_HIGHEST_TO_JOIN:
            self._add(Code.AGE_OUT_OF_RANGE)

    def _phone(self, column: Column, *, landline: bool = False) -> str:
        try:
            return phones.check(self.cells.text(column), landline=landline)
        except phones.PhoneProblem:
            self._add(Code.PHONE_INVALID)
            return ""

    def _contacts(self, own_phone: str) -> tuple[ContactPerson, ...]:
        contacts = []
        for name, relation, phone in _CONTACTS:
            written = self.cells.text(name)
            if not written or not self.cells.text(phone):
                self._add(Code.CONTACT_MISSING)
                continue
            number = self._phone(phone, landline=True)
            if number and number == own_phone:
                self._add(Code.CONTACT_IS_SELF)
            contacts.append(ContactPerson(name=written, phone=number, relation=self.cells.relation(relation)))
        return tuple(contacts)

    def _weight(self, sex: str) -> None:
        weight = self.cells.weight_kg
        if weight is None or (sex and weight < settings.WEIGHT_LOWEST_KG[sex]):
            self._add(Code.WEIGHT_TOO_LOW)

    def _barcode(self) -> str:
        written = self.cells.text(Column.BARCODE)
        if not written:
            return ""
        try:
            return barcodes.check(written)
        except barcodes.BarcodeProblem:
            self._add(Code.BARCODE_DUPLICATE)
            return ""


def age(born_on: date, on: date) -> int:
    """Return how many birthdays somebody has had by a day; 45 lasts until the day before the 46th."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
