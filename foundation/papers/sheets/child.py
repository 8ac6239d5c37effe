"""Read one XLSX file in a process of its own, which may die of it; prints JSON lines.

Run as ``python -I child.py ROWS COLUMNS MEGABYTES SECONDS < file``. Imports nothing of this program.
The first line is ``{"rows": count}``, then comes a line for each row; where something is wrong, the
first and only line is ``{"problem": code}``. Ends with ``OUT_OF_MEMORY`` where that was the reason.
"""

from __future__ import annotations

import io
import json
import re
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from xml.parsers import expat

PARTS_AT_MOST = 2_000
PIECE = 1 << 16
OUT_OF_MEMORY = 3
A1 = re.compile(r"([A-Z]{1,7})([0-9]{1,9})")
NUMBER = re.compile(r"[0-9]{1,9}")
PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # ECMA-376 part 2, annex C
WRITTEN_IN = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1"})  # what expat reads without our help
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, struct.error)
WITH_CONTENT = frozenset({"v", "is", "f"})


class Problem(Exception):
    """Something is wrong with the file; the code is the message."""


class Cells:
    """Follows the cells of a worksheet and stops at one that lies out of bounds."""

    def __init__(self, rows: int, columns: int) -> None:
        """Start before the first row; ``rows`` and ``columns`` are the last allowed."""
        self.rows, self.columns = rows, columns
        self.row = self.column = 0

    def element(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element: a row, a cell, or what makes a cell not empty."""
        name = name.rpartition(":")[2]
        if name == "row":
            self.row, self.column = self._number(attributes.get("r"), self.row + 1), 0
        elif name == "c":
            self._cell(attributes.get("r"))
        elif name in WITH_CONTENT:
            self._has_content()

    def _cell(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            return
        match = A1.fullmatch(reference.strip().upper().replace("$", ""))
        if match is None:
            raise Problem("broken")
        self.column = 0
        for letter in match[1]:
            self.column = self.column * 26 + ord(letter) - 64
        self.row = int(match[2])

    def _has_content(self) -> None:
        if self.row > self.rows:
            raise Problem("too_many_rows")
        if self.column > self.columns:
            raise Problem("too_many_columns")

    @staticmethod
    def _number(text: str | None, otherwise: int) -> int:
        if text is None:
            return otherwise
        if NUMBER.fullmatch(text.strip()) is None:
            raise Problem("broken")
        return int(text)


def opened(file: IO[bytes]) -> zipfile.ZipFile:
    """Return a file as an archive whose list of parts can be read."""
    try:
        return zipfile.ZipFile(file)
    except DAMAGED:
        raise Problem("broken") from None


def scan(archive: zipfile.ZipFile, rows: int, columns: int, most: int) -> None:
    """Read all XML of the workbook once as a stream: bombs, declarations, and cells out of bounds."""
    parts = archive.infolist()
    if len(parts) > PARTS_AT_MOST or sum(part.file_size for part in parts) > most:
        raise Problem("too_large")
    if any(part.flag_bits & 1 for part in parts):
        raise Problem("protected")
    if any(part.compress_type not in PACKED for part in parts):
        raise Problem("broken")
    names = {part.filename for part in parts}
    if not any(name.startswith("xl/worksheets/") for name in names):
        raise Problem("not_a_sheet")
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            is_sheet = part.filename.startswith("xl/worksheets/")
            follow(unpacked(archive, part), Cells(rows, columns) if is_sheet else None)


def unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a part holds, piece by piece."""
    try:
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                yield piece
    except DAMAGED:
        raise Problem("broken") from None


def follow(pieces: Iterator[bytes], cells: Cells | None) -> None:
    """Parse one part piece by piece."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_declaration
    parser.XmlDeclHandler = refuse_encoding
    if cells is not None:
        parser.StartElementHandler = cells.element
    try:
        for piece in pieces:
            parser.Parse(piece, False)  # noqa: FBT003 expat takes it by position
        parser.Parse(b"", True)  # noqa: FBT003 as above
    except expat.ExpatError:
        raise Problem("broken") from None


def refuse_declaration(*_names: object) -> None:
    """Refuse the one thing entities and files outside are named in."""
    raise Problem("refers_outside")


def refuse_encoding(_version: str, encoding: str | None, _alone: int) -> None:
    """Refuse letters that neither we nor a spreadsheet would read. Source: ECMA-376 part 2, 8.1.4."""
    if encoding is not None and encoding.lower() not in WRITTEN_IN:
        raise Problem("broken")


def plain(value: Any) -> Any:
    """Return a cell as JSON has it; moments as an object with their kind."""
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def rows_of(file: IO[bytes]) -> Any:
    """Return the rows of the first sheet that has content, the first row of the sheet first."""
    import python_calamine  # noqa: PLC0415 only under the limits

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        for number in range(len(book.sheet_names)):
            sheet = book.get_sheet_by_index(number)
            if sheet.end is not None:
                return sheet.to_python(skip_empty_area=False)
    except python_calamine.PasswordError:
        raise Problem("protected") from None
    except python_calamine.CalamineError:
        raise Problem("broken") from None
    raise Problem("no_sheet")


def read(file: IO[bytes], rows: int, columns: int, most: int) -> None:
    """Print the rows of a workbook."""
    with opened(file) as archive:
        scan(archive, rows, columns, most)
    file.seek(0)
    found = rows_of(file)
    print(json.dumps({"rows": len(found)}))  # noqa: T201 the parent reads it
    for row in found:
        print(json.dumps([plain(value) for value in row]))  # noqa: T201 the parent reads it


def main(rows: int, columns: int, megabytes: int, seconds: int) -> None:
    """Take the limits on, then read standard input."""
    most = megabytes << 20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        read(io.BytesIO(sys.stdin.buffer.read()), rows, columns, most)
    except Problem as problem:
        print(json.dumps({"problem": str(problem)}))  # noqa: T201 as above
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
