"""One row under judgement: what every kind of sheet asks of a name, a day and a document. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from foundation.vault import normal
from registry.donors import documents, names
from registry.donors.columns import Column
from registry.donors.documents import Document, DocumentProblem
from registry.donors.records import Person
from registry.drives.sheets import dates
from registry.drives.sheets.codes import Code
from registry.drives.sheets.rows import Cells


@dataclass(slots=True)
class Judgement:
    """The cells of a row and what was found wrong with them so far. No date lies after today."""

    cells: Cells
    today: date
    codes: set[Code] = field(default_factory=set)

    def name(self) -> str:
        """Return the name, nothing where there is none."""
        try:
            return names.check(self.cells.text(Column.NAME))
        except names.NameProblem:
            self.codes.add(Code.NAME_MISSING)
            return ""

    def day(self, column: Column) -> date | None:
        """Return the day in a cell, None where there is none that can be read."""
        try:
            found = dates.read(self.cells.cell(column))
        except dates.DateUnreadable:
            self.codes.add(Code.DATE_UNREADABLE)
            return None
        if found is not None and found > self.today:
            self.codes.add(Code.DATE_UNREADABLE)
            return None
        return found

    def document(self, *, fifteen: bool = False) -> Document | None:
        """
        Return the document, None where it is not valid.

        :param fifteen: take an identity number of 15 digits too.
        """
        if self.cells.has_lost_digits:
            self.codes.add(Code.ID_LOST_DIGITS)
            return None
        number = self.cells.number(Column.DOCUMENT_NUMBER)
        try:
            return documents.check(self.cells.document_kind, number, on=self.today, fifteen=fifteen)
        except DocumentProblem as problem:
            lost = problem.code == Code.ID_LOST_DIGITS
            self.codes.add(Code.ID_LOST_DIGITS if lost else Code.ID_CHECKSUM)
            return None


def numbers_of(person: Person, barcode: str) -> dict[Code, str]:
    """Return the numbers by which a person is told from the others of a sheet: document and tube."""
    document = person.document_number and normal.document(person.document_kind, person.document_number)
    return {Code.DUPLICATE_IN_FILE: document, Code.BARCODE_DUPLICATE: barcode}
