"""The records a branch kept before, of invented people: the plainest valid row, and sheets of such rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from foundation.papers import sheets as files
from foundation.papers.sheets import Cell
from registry.donors.columns import OF_THE_RECORDS, Column
from tests.factories import sheets

TYPING = "A*02:01+A*11:01^B*46:01+B*40:01^DRB1*09:01+DRB1*15:01"
Row = dict[Column, Cell]


def row(n: int = 0, **changes: Any) -> Row:
    """Return the n-th person, listed in 2012; a change names a column, as ``STATE="失联"``."""
    born_on = changes.pop("born_on", date(1970, 5, 17))
    plain: Row = {
        **sheets.row(n),
        Column.DOCUMENT_NUMBER: sheets.resident_number(n, born_on=born_on),
        Column.BORN_ON: born_on.isoformat(),
        Column.REGISTERED_ON: "2012-03-05",
        Column.BARCODE: f"OLD{n:07d}",
        Column.STATE: "在库可用",
        Column.NATIONAL_NO: f"33-{n:06d}",
        Column.LISTED_ON: "2012-06-01",
        Column.TYPING: TYPING,
        Column.VERIFIED_ON: "2015-10-12",
    }
    return plain | {Column[name]: value for name, value in changes.items()}


def bare(n: int = 0, **changes: Any) -> Row:
    """Return the n-th person with what must be said alone: a name, a document, a state, a day."""
    whole = row(n)
    said = (Column.NAME, Column.DOCUMENT_NUMBER, Column.STATE, Column.LISTED_ON)
    plain: Row = {column: whole[column] if column in said else "" for column in OF_THE_RECORDS}
    return plain | {Column[name]: value for name, value in changes.items()}


def fifteen(number: str) -> str:
    """Return the number of 15 digits that a card of before 1999 had."""
    return number[:6] + number[8:17]


def cells(rows: Iterable[Row]) -> list[list[Cell]]:
    """Return a sheet's cells: header, rows."""
    lines = [[row[column] for column in OF_THE_RECORDS] for row in rows]
    return [[str(column) for column in OF_THE_RECORDS], *lines]


def xlsx(*rows: Row) -> bytes:
    """Return a workbook with these rows under a header: the first is row 2."""
    return files.write_xlsx(cells(rows))


def csv(*rows: Row) -> bytes:
    """Return a table in text with these rows under a header: the first is row 2."""
    return b"".join(files.write_csv(cells(rows)))
