"""Judge the rows of a paper list: who can be registered, and what is wrong with the others. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings

from foundation.papers.sheets import Row
from foundation.vault import normal
from registry.donors import phones
from registry.donors.columns import Column
from registry.donors.documents import Document
from registry.donors.records import ContactPerson, Person
from registry.drives.sheets import checking
from registry.drives.sheets.checking import Checked, Judged, Reader
from registry.drives.sheets.codes import Code
from registry.drives.sheets.judging import Judgement, numbers_of
from registry.drives.sheets.layout import Layout
from registry.samples import barcodes

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


def reader(layout: Layout, *, today: date) -> Reader[SheetRow]:
    """Return what reads the rows of a paper list. No date lies after today."""
    return Reader(layout, lambda cells: _Judgement(cells, today).result())


def check(rows: Iterable[Row], layout: Layout, *, today: date) -> Iterator[Checked[SheetRow]]:
    """Yield what came of every row that is not empty, in their order."""
    return checking.check(rows, reader(layout, today=today))


@dataclass(slots=True)
class _Judgement(Judgement):
    """One row of a paper list under judgement."""

    contradicts: bool = False  # birth date or sex are not those of the document: that alone is reported

    def result(self) -> Judged[SheetRow]:
        """Judge every part of the row, and say by which numbers it is told from the others."""
        row = self._row()
        sure_whose = not self.contradicts
        return Judged(self.cells, row, self.codes, numbers_of(row.person, row.barcode) if sure_whose else {})

    def _row(self) -> SheetRow:
        """Put together what is right."""
        cells = self.cells
        document = self.document()
        registered_on = self._registered_on()
        born_on, sex = self._born_on(document), self._sex(document)
        name, phone = self.name(), self._phone(Column.PHONE)
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

    def _registered_on(self) -> date | None:
        found = self.day(Column.REGISTERED_ON)
        if found is None:
            self.codes.add(Code.DATE_UNREADABLE)
        return found

    def _born_on(self, document: Document | None) -> date | None:
        written = self.day(Column.BORN_ON)
        known = document.born_on if document else None
        if written and known and written != known:
            self.contradicts = True
            self.codes.add(Code.BIRTH_DATE_CONTRADICTS_ID)
        if document and not (written or known):
            self.codes.add(Code.DATE_UNREADABLE)  # a passport does not say it
        return known or written

    def _sex(self, document: Document | None) -> str:
        written = self.cells.sex
        known = document.sex if document else None
        differs = bool(written and known and written != known)
        self.contradicts |= differs
        if differs or (document and not (written or known)):
            self.codes.add(Code.SEX_CONTRADICTS_ID)  # a passport does not say it
        return known or written

    def _age(self, born_on: date | None, registered_on: date | None) -> None:
        """Ask for 18 to 45 on the day, where both are known."""
        if born_on is None or registered_on is None:
            return
        if not settings.AGE_LOWEST <= age(born_on, registered_on) <= settings.AGE_HIGHEST_TO_JOIN:
            self.codes.add(Code.AGE_OUT_OF_RANGE)

    def _phone(self, column: Column, *, landline: bool = False) -> str:
        try:
            return phones.check(self.cells.number(column), landline=landline)
        except phones.PhoneProblem:
            self.codes.add(Code.PHONE_INVALID)
            return ""

    def _contacts(self, own_phone: str) -> tuple[ContactPerson, ...]:
        contacts: list[ContactPerson] = []
        for name, relation, phone in _CONTACTS:
            written = self.cells.said(name)
            if not written or not self.cells.said(phone):
                self.codes.add(Code.CONTACT_MISSING)
                continue
            number = self._phone(phone, landline=True)
            if (number and number == own_phone) or self.cells.is_self(relation):
                self.codes.add(Code.CONTACT_IS_SELF)
            contacts.append(ContactPerson(name=written, phone=number, relation=self.cells.relation(relation)))
        if len(contacts) > len({(normal.name(one.name), one.phone) for one in contacts}):
            self.codes.add(Code.CONTACT_MISSING)  # one person written down twice
        return tuple(contacts)

    def _weight(self, sex: str) -> None:
        weight = self.cells.weight_kg
        if weight is None or (sex and weight < settings.WEIGHT_LOWEST_KG[sex]):
            self.codes.add(Code.WEIGHT_TOO_LOW)

    def _barcode(self) -> str:
        written = self.cells.said(Column.BARCODE)
        if not written:
            return ""
        try:
            return barcodes.check(written)
        except barcodes.BarcodeProblem:
            self.codes.add(Code.BARCODE_DUPLICATE)
            return ""


def age(born_on: date, on: date) -> int:
    """Return how many birthdays somebody has had by a day; 45 lasts until the day before the 46th."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
