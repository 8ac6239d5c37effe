"""Read the rows of an XLSX or CSV file that may be anything at all.

An XLSX is read by ``child`` in a process with limits on memory and time, which hands its rows
over one by one. A CSV needs none: it is decoded and split in pieces. Both are read in flat memory.
"""

from __future__ import annotations

import io
import json
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final, Self

from django.conf import settings

from foundation.papers.sheets import tables
from foundation.papers.sheets.child import OUT_OF_MEMORY
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


class Rows(Iterator[Row]):
    """
    The rows of a file, one after the other.

    ``last`` is the number of the last one, which is known before the first is handed out.
    """

    def __init__(self, rows: Iterator[Row], last: int) -> None:
        self._rows, self.last = rows, last

    def __iter__(self) -> Self:
        """Go on where one stopped."""
        return self

    def __next__(self) -> Row:
        """Return the next row."""
        return next(self._rows)


def read(source: Path | bytes, *, name: str = "") -> Rows:
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
    rows, last = tables.rows(source)
    return Rows((Row(number, list(cells)) for number, cells in enumerate(rows, start=1)), last)


def _head(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source[:_HEAD]
    try:
        with source.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        raise SheetProblem("unreadable") from None


def _rows_of_workbook(source: Path | bytes) -> Rows:
    told = _told_by_child(source)
    last = next(told)
    return Rows((Row(number, cells) for number, cells in enumerate(told, start=1)), last)


def _told_by_child(source: Path | bytes) -> Iterator[Any]:
    """Yield how many rows there are, then the cells of each. The child waits for us, and ends with us."""
    with _child(source) as child:
        printed = child.stdout or io.BytesIO()
        ready, _, _ = select.select([printed], [], [], settings.SHEET_SECONDS_MOST)
        if not ready:
            raise SheetProblem("too_slow")
        told = _line(printed, child)
        if "problem" in told:
            raise SheetProblem(told["problem"] if told["problem"] in SENTENCES else "broken")
        yield told["rows"]
        for _ in range(told["rows"]):
            yield [_cell(value) for value in _line(printed, child)]


def _line(printed: IO[bytes], child: subprocess.Popen[bytes]) -> Any:
    """Return a line of what a child says; silence is told apart by how it ended."""
    line = printed.readline()
    if line.endswith(b"\n"):
        return json.loads(line)
    by_limit = child.wait() < 0 or child.returncode == OUT_OF_MEMORY
    raise SheetProblem("too_large" if by_limit else "broken")


@contextmanager
def _child(source: Path | bytes) -> Iterator[subprocess.Popen[bytes]]:
    limits = (
        settings.SHEET_ROWS_MOST,
        settings.SHEET_COLUMNS_MOST,
        settings.SHEET_MEGABYTES_MOST,
        settings.SHEET_SECONDS_MOST,
    )
    command = [sys.executable, "-I", str(_CHILD), *map(str, limits)]
    content = source.open("rb") if isinstance(source, Path) else subprocess.PIPE
    child = subprocess.Popen(  # noqa: S603 our own file, and numbers
        command, stdin=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        if isinstance(source, bytes):
            _hand_over(source, child)
        yield child
    finally:
        child.kill()
        child.wait()
        for stream in (content, child.stdout):
            if not isinstance(stream, int) and stream is not None:
                stream.close()


def _hand_over(content: bytes, child: subprocess.Popen[bytes]) -> None:
    with suppress(BrokenPipeError):  # it died of it: its silence says so
        if child.stdin is not None:
            with child.stdin as stream:
                stream.write(content)


def _cell(value: Any) -> Cell:
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]  # JSON has no other scalars
    if "datetime" in value:
        return datetime.fromisoformat(value["datetime"])
    return date.fromisoformat(value["date"])
