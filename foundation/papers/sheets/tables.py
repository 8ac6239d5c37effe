"""Read tables in text: CSV in UTF-8, UTF-16 or GB18030, with or without a byte order mark, in pieces."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from foundation.papers.sheets.problems import SheetProblem

_PIECE: Final = 1 << 20
_LINES_LOOKED_AT: Final = 21
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES: Final = ("utf-8", "gb18030")
_SEPARATORS: Final = (",", "\t", ";")
_OTHER_LANGUAGE: Final = re.compile(r"\s*(<[!?a-zA-Z]|[{\[]|%PDF|%!PS|\{\\rtf)")
_GUARDED: Final = re.compile(r"'(?='*\s*[=+\-@\t\r|%＝＋－＠])")  # noqa: RUF001 what a spreadsheet takes for a formula


def rows(source: Path | bytes) -> tuple[Iterator[list[str]], int]:
    """
    Return the rows of a table in text, and how many there are.

    The apostrophe that keeps a cell from running is taken off.

    :raises SheetProblem: before the first row, if the file is no table or in no known encoding.
    """
    encoding = _encoding(source)
    with _text(source, encoding) as text:
        first = text.read(_PIECE)
    if not first.strip():
        raise SheetProblem("empty")
    if _OTHER_LANGUAGE.match(first):
        raise SheetProblem("not_a_sheet")
    separator = _separator(first)
    count = sum(
        1 for _cells in _split(source, encoding, separator)
    )  # a problem is found before a row is used
    return _split(source, encoding, separator), count


def _split(source: Path | bytes, encoding: str, separator: str) -> Iterator[list[str]]:
    with _text(source, encoding) as text:
        try:
            for cells in csv.reader(_lines(text), delimiter=separator, strict=True):
                yield [cell[1:] if _GUARDED.match(cell) else cell for cell in cells]
        except csv.Error:
            raise SheetProblem("quoting") from None


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """
    Yield the lines of a text, none longer than a piece, so that no file fills the memory.

    :raises SheetProblem: on a line that is longer.
    """
    while line := text.readline(_PIECE):
        if len(line) == _PIECE and not line.endswith(("\n", "\r")):
            raise SheetProblem("quoting")
        yield line


def _open(source: Path | bytes) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _text(source: Path | bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_open(source), encoding=encoding, newline="")


def _encoding(source: Path | bytes) -> str:
    """
    Return the encoding the whole file can be decoded with.

    :raises SheetProblem: if there is none, or the text holds a NUL.
    """
    with _open(source) as file:
        head = file.read(len(codecs.BOM_UTF8))
    marked = [encoding for mark, encoding in _MARKS if head.startswith(mark)]
    for encoding in marked or _GUESSES:
        if _decodes(source, encoding):
            return encoding
    raise SheetProblem("encoding")


def _decodes(source: Path | bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with _open(source) as file:
        try:
            while piece := file.read(_PIECE):
                if "\x00" in decoder.decode(piece):
                    raise SheetProblem("nul")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _separator(text: str) -> str:
    """Return what parts the cells: what most lines have. The header may stand under a title that has none."""
    lines = text.splitlines()[:_LINES_LOOKED_AT]

    def weight(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines]
        return sum(map(bool, counts)), max(counts)

    return max(_SEPARATORS, key=weight)
