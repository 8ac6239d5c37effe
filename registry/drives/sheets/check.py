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
from registry.donors.documents import Document, DocumentProblem
from registry.donors.records import ContactPerson, Person
from registry.drives.sheets import dates
from registry.drives.sheets.codes import Code
from registry.drives.sheets.furniture import Furniture
from registry.drives.sheets.layout import Column, Layout
from registry.drives.sheets.rows import Cells
from registry.drives.sheets.seen import Seen
from registry.samples import barcodes

_RANK: Final = {code: rank for rank, code in enumerate(Code)}
_CONTRADICTIONS: Final = frozenset({Code.SEX_CONTRADICTS_ID, Code.BIRTH_DATE_CONTRADICTS_ID})
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
    """What came of one row: it can be taken, or it has codes, the one to report first."""

    number: int
    cells: Cells = field(repr=False)
    row: SheetRow | None = None
    codes: tuple[Code, ...] = ()


@dataclass(slots=True)
class Checker:
    """Checks row after row, and remembers the documents and tubes further up. No date lies after today."""

    layout: Layout
    today: date
    _documents: Seen = field(default_factory=Seen)
    _barcodes: Seen = field(default_factory=Seen)
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
        sheet_row = judged.judge()
        if not judged.contradicts:  # whose row it is, is not sure
            self._compare(judged, sheet_row)
        codes = tuple(sorted(judged.codes, key=_RANK.__getitem__))
        return Checked(row.number, cells, None if codes else sheet_row, codes)

    def _compare(self, judged: _Judged, row: SheetRow) -> None:
        person = row.person
        if person.document_number:
            document = normal.document(person.document_kind, person.document_number)
            if self._documents.add(document):
                judged.add(Code.DUPLICATE_IN_FILE)
        if row.barcode and self._barcodes.add(row.barcode) and Code.DUPLICATE_IN_FILE not in judged.codes:
            judged.add(Code.BARCODE_DUPLICATE)


def check(rows: Iterable[Row], layout: Layout, *, today: date) -> Iterator[Checked]:
    """Yield what came of every row that is not empty, in their order."""
    checker = Checker(layout, today)
    return (checked for row in rows if (checked := checker.check(row)) is not None)


@dataclass(slots=True)
class _Judged:
    """One row under judgement."""

    cells: Cells
    today: date
    codes: set[Code] = field(default_factory=set)
    contradicts: bool = False  # birth date or sex are not those of the document: that alone is reported

    def judge(self) -> SheetRow:
        """Judge every part of the row and put together what is right."""
        cells = self.cells
        document = self._document()
        registered_on = self._registered_on()
        born_on, sex = self._born_on(document), self._sex(document)
        name, phone = self._name(), self._phone(Column.PHONE)
        contacts = self._contacts(phone)
        self._age(born_on, registered_on)
        self._weight(sex)
        barcode = self._barcode()
        if self.contradicts:
            self.codes &= _CONTRADICTIONS
        person = Person(
            name=name,
            document_kind=str(document.kind) if document else "",
            document_number=document.number if document else "",
            sex=sex,
            born_on=born_on,
            phone=phone,
            address=cells.said(Column.ADDRESS),
            blood_group=cells.blood_group,
            weight_kg=cells.weight_kg,
            workplace=cells.said(Column.WORKPLACE),
            ethnic_group=cells.said(Column.ETHNIC_GROUP),
            education=cells.said(Column.EDUCATION),
            note=cells.text(Column.NOTE),
        )
        return SheetRow(cells.row.number, person, contacts, registered_on or self.today, barcode)

    def add(self, code: Code) -> None:
        """Find one thing wrong."""
        self.codes.add(code)

    def _name(self) -> str:
        try:
            return names.check(self.cells.text(Column.NAME))
        except names.NameProblem:
            self.add(Code.NAME_MISSING)
            return ""

    def _date(self, column: Column) -> date | None:
        try:
            found = dates.read(self.cells.cell(column))
        except dates.DateUnreadable:
            self.add(Code.DATE_UNREADABLE)
            return None
        if found is not None and found > self.today:
            self.add(Code.DATE_UNREADABLE)
            return None
        return found

    def _registered_on(self) -> date | None:
        found = self._date(Column.REGISTERED_ON)
        if found is None:
            self.add(Code.DATE_UNREADABLE)
        return found

    def _document(self) -> Document | None:
        if self.cells.has_lost_digits:
            self.add(Code.ID_LOST_DIGITS)
            return None
        try:
            number = self.cells.number(Column.DOCUMENT_NUMBER)
            return documents.check(self.cells.document_kind, number, on=self.today)
        except DocumentProblem as problem:
            lost = problem.code == Code.ID_LOST_DIGITS
            self.add(Code.ID_LOST_DIGITS if lost else Code.ID_CHECKSUM)
            return None

    def _born_on(self, document: Document | None) -> date | None:
        written = self._date(Column.BORN_ON)
        known = document.born_on if document else None
        if written and known and written != known:
            self.contradicts = True
            self.add(Code.BIRTH_DATE_CONTRADICTS_ID)
        if document and not (written or known):
            self.add(Code.DATE_UNREADABLE)  # a passport does not say it
        return known or written

    def _sex(self, document: Document | None) -> str:
        written = self.cells.sex
        known = document.sex if document else None
        differs = bool(written and known and written != known)
        self.contradicts |= differs
        if differs or (document and not (written or known)):
            self.add(Code.SEX_CONTRADICTS_ID)  # a passport does not say it
        return known or written

    def _age(self, born_on: date | None, registered_on: date | None) -> None:
        """Ask for 18 to 45 on the day, where both are known."""
        if born_on is None or registered_on is None:
            return
        if not settings.AGE_LOWEST <= age(born_on, registered_on) <= settings.AGE_HIGHEST_TO_JOIN:
            self.add(Code.AGE_OUT_OF_RANGE)

    def _phone(self, column: Column, *, landline: bool = False) -> str:
        try:
            return phones.check(self.cells.number(column), landline=landline)
        except phones.PhoneProblem:
            self.add(Code.PHONE_INVALID)
            return ""

    def _contacts(self, own_phone: str) -> tuple[ContactPerson, ...]:
        contacts: list[ContactPerson] = []
        for name, relation, phone in _CONTACTS:
            written = self.cells.said(name)
            if not written or not self.cells.said(phone):
                self.add(Code.CONTACT_MISSING)
                continue
            number = self._phone(phone, landline=True)
            if (number and number == own_phone) or self.cells.is_self(relation):
                self.add(Code.CONTACT_IS_SELF)
            contacts.append(ContactPerson(name=written, phone=number, relation=self.cells.relation(relation)))
        if len(contacts) > len({(normal.name(one.name), one.phone) for one in contacts}):
            self.add(Code.CONTACT_MISSING)  # one person written down twice
        return tuple(contacts)

    def _weight(self, sex: str) -> None:
        weight = self.cells.weight_kg
        if weight is None or (sex and weight < settings.WEIGHT_LOWEST_KG[sex]):
            self.add(Code.WEIGHT_TOO_LOW)

    def _barcode(self) -> str:
        written = self.cells.said(Column.BARCODE)
        if not written:
            return ""
        try:
            return barcodes.check(written)
        except barcodes.BarcodeProblem:
            self.add(Code.BARCODE_DUPLICATE)
            return ""


def age(born_on: date, on: date) -> int:
    """Return how many birthdays somebody has had by a day; 45 lasts until the day before the 46th."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
