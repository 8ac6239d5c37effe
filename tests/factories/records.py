"""The records a branch kept before, of invented people: the plainest valid row, and sheets of such rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from foundation.papers import sheets as files
from foundation.papers.sheets import Cell
from registry.drives.imports.existing.columns import EVERY, Kept
from registry.drives.sheets.layout import Column
from tests.factories import sheets

TYPING = "A*02:01+A*11:01^B*46:01+B*40:01^DRB1*09:01+DRB1*15:01"
Row = dict[StrEnum, Cell]


def row(n: int = 0, **changes: Any) -> Row:
    """Return the n-th person, listed in 2012; a change names a column, as ``STATE="失联"``."""
    born_on = changes.pop("born_on", date(1970, 5, 17))
    plain: Row = {
        **sheets.row(n),
        Column.DOCUMENT_NUMBER: sheets.resident_number(n, born_on=born_on),
        Column.BORN_ON: born_on.isoformat(),
        Column.REGISTERED_ON: "2012-03-05",
        Column.BARCODE: f"OLD{n:07d}",
        Kept.STATE: "在库可用",
        Kept.NATIONAL_NO: f"33-{n:06d}",
        Kept.LISTED_ON: "2012-06-01",
        Kept.TYPING: TYPING,
        Kept.VERIFIED_ON: "2015-10-12",
    }
    return plain | {_column(name): value for name, value in changes.items()}


def bare(n: int = 0, **changes: Any) -> Row:
    """Return the n-th person with what must be said alone: a name, a document, a state, a day."""
    whole = row(n)
    said = (Column.NAME, Column.DOCUMENT_NUMBER, Kept.STATE, Kept.LISTED_ON)
    plain: Row = {column: whole[column] if column in said else "" for column in EVERY}
    return plain | {_column(name): value for name, value in changes.items()}


def fifteen(number: str) -> str:
    """Return the number of 15 digits that a card of before 1999 had."""
    return number[:6] + number[8:17]


def cells(rows: Iterable[Row]) -> list[list[Cell]]:
    """Return a sheet's cells: header, rows."""
    return [[str(column) for column in EVERY], *[[row[column] for column in EVERY] for row in rows]]


def xlsx(*rows: Row) -> bytes:
    """Return a workbook with these rows under a header: the first is row 2."""
    return files.write_xlsx(cells(rows))


def csv(*rows: Row) -> bytes:
    """Return a table in text with these rows under a header: the first is row 2."""
    return b"".join(files.write_csv(cells(rows)))


def _column(name: str) -> StrEnum:
    return Kept[name] if name in Kept.__members__ else Column[name]
