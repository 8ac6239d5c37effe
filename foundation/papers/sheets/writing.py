"""Write sheets in which no cell runs as a formula, whatever people have typed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles.numbers import FORMAT_TEXT
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Value = str | int | float | Decimal | bool | date | datetime | None

_RUNS: Final = re.compile(r"'*\s*[=+\-@|%＝＋－＠\t\r]")  # noqa: RUF001 Source: OWASP, CSV injection
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST: Final = 32_767  # characters Excel keeps in a cell


def write_xlsx(rows: Iterable[Sequence[Value]], *, title: str = "Sheet1", to_type_in: bool = False) -> bytes:
    """
    Return rows as a workbook. Text is stored as text, so ``=1+1`` stays what was typed.

    :param to_type_in: what is typed into its cells stays text too: a spreadsheet would cut the
        digits of a document number that it takes for a number.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        cells = [_cell(sheet, value) for value in row]
        if to_type_in:
            cells = [_typed_in(sheet, cell) for cell in cells]
        sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> Cell | Value:
    if not isinstance(value, str):
        return value
    cell: Cell = WriteOnlyCell(sheet, fitting(value))
    cell.data_type = "s"  # openpyxl would make a formula of a text that begins with =
    return cell


def fitting(text: str) -> str:
    """Return what a cell of a workbook can hold of a text; what it cannot reads as U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text)[:_LONGEST]


def _typed_in(sheet: WriteOnlyWorksheet, cell: Cell | Value) -> Cell:
    typed: Cell = cell if isinstance(cell, Cell) else WriteOnlyCell(sheet, cell)  # type: ignore[arg-type]
    typed.number_format = FORMAT_TEXT
    return typed


def write_csv(rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """
    Yield rows as CSV in UTF-8 with a byte order mark, as Excel and WPS open it.

    A cell that a spreadsheet would run gets an apostrophe before it; ``sheets.read`` takes it off again.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([safe(value) for value in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def safe(value: Value) -> str:
    """Return a value as text that no spreadsheet runs."""
    if value is None:
        return ""
    text = _UNWRITABLE.sub("\ufffd", str(value))
    return f"'{text}" if isinstance(value, str) and _RUNS.match(text) else text
