"""Read the rows of an XLSX or CSV file that may be anything at all.

An XLSX is read by ``child`` in a process with limits on memory and time. A CSV needs none:
it is decoded and split in pieces, in flat memory, however long it is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from foundation.papers.sheets import tables
from foundation.papers.sheets.problems import SENTENCES, SheetProblem

type_of_cell = str | int | float | bool | date | datetime | None
Cell = type_of_cell

_CHILD: Final = Path(__file__).with_name("child.py")
_HEAD: Final = 4096
_ZIP: Final = b"PK"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # also a workbook under a password
_EXCEL_NAMES: Final = (".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet: its number as a spreadsheet shows it, and its cells."""

    number: int
    cells: list[Cell]


def read(source: Path | bytes, *, name: str = "") -> Iterator[Row]:
    """
    Return the rows of a file, decided by what it is and not by its name.

    Everything that can be wrong with the file as a whole is found before the first row.

    :param source: a path, or the content.
    :param name: the name it was handed in under, where ``source`` is content.
    :raises SheetProblem: with a sentence, if it cannot be read within the limits.
    """
    name = (name or (source.name if isinstance(source, Path) else "")).lower()
    head = _head(source)
    if not head:
        raise SheetProblem("empty")
    if head.startswith(_ZIP):
        return _rows_of_workbook(source)
    if head.startswith(_OLD_EXCEL):
        raise SheetProblem("old_excel")
    if name.endswith(_EXCEL_NAMES):
        raise SheetProblem("not_what_its_name_says")
    return (Row(number, list(cells)) for number, cells in enumerate(tables.rows(source), start=1))


def _head(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source[:_HEAD]
    try:
        with source.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        raise SheetProblem("unreadable") from None


def _rows_of_workbook(source: Path | bytes) -> Iterator[Row]:
    lines = _printed_by_child(source).splitlines()
    last = json.loads(lines[-1]) if lines else {"problem": "no_sheet"}
    if isinstance(last, dict):
        raise SheetProblem(last["problem"] if last["problem"] in SENTENCES else "broken")
    return (
        Row(number, [_cell(value) for value in json.loads(line)])
        for number, line in enumerate(lines, start=1)
    )


def _printed_by_child(source: Path | bytes) -> bytes:
    seconds = settings.SHEET_SECONDS_MOST
    limits = (settings.SHEET_ROWS_MOST, settings.SHEET_COLUMNS_MOST, settings.SHEET_MEGABYTES_MOST, seconds)
    content = source if isinstance(source, bytes) else source.read_bytes()
    try:
        done = subprocess.run(  # noqa: S603 our own file, and numbers
            [sys.executable, "-I", str(_CHILD), *map(str, limits)],
            input=content,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SheetProblem("too_slow") from None
    if done.returncode:
        raise SheetProblem("too_large")  # killed by a limit, or aborted for want of memory
    return done.stdout


def _cell(value: Any) -> Cell:
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]  # JSON has no other scalars
    if "datetime" in value:
        return datetime.fromisoformat(value["datetime"])
    return date.fromisoformat(value["date"])
