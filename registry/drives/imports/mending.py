"""Give refused rows back as a sheet with a column that says what to mend, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foundation.papers import sheets as files
from registry.drives.sheets import Code, in_words, sheet_to_mend

if TYPE_CHECKING:
    from registry.drives.imports.importing import Imported

_LONGEST_BOOK: Final = 5_000  # rows of a workbook that is written while somebody waits
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Mending:
    """A file to be mended, as it is handed out."""

    name: str
    content_type: str
    content: bytes = b""


def to_keep(imported: Imported) -> bytes:
    """Return the refused rows as a table whose last column holds codes, to be sealed."""
    return b"".join(files.write_csv(sheet_to_mend(imported.header, imported.to_mend())))


def sheet_of(kept: bytes, *, say: Callable[[Code], object] = lambda code: code.label) -> Mending:
    """
    Return what ``to_keep`` kept, in words.

    A workbook, whose cells keep what is typed as text: in a table in text a spreadsheet would
    cut the digits of every document number. Only what is too long for one is a table.
    """
    rows = files.read(kept)
    said = in_words((row.cells for row in rows), say=say)
    if rows.last <= _LONGEST_BOOK:
        return Mending("to-mend.xlsx", _XLSX, files.write_xlsx(said, to_type_in=True))
    return Mending("to-mend.csv", "text/csv; charset=utf-8", b"".join(files.write_csv(said)))
