"""What came of a paper list: counts, a code for each refused row, and the refused rows as a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _

from foundation.papers.sheets import Cell, Row
from registry.drives.sheets.codes import Code
from registry.drives.sheets.layout import MEND, is_ours
from registry.drives.sheets.rows import EXACT


@dataclass(slots=True)
class Report:
    """Numbers and codes only: it may be kept, printed and sent."""

    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    rejected: dict[int, list[Code]] = field(default_factory=dict)
    differing: dict[int, list[str]] = field(default_factory=dict)  # of unchanged rows: fields not applied
    imported: bool = False

    def refuse(self, late: Mapping[int, list[Code]]) -> None:
        """Refuse rows after all that were accepted before."""
        self.accepted -= len(late)
        self.rejected |= late

    def as_json(self) -> dict[str, Any]:
        """
        Return the report as commands print it: of a refused row the one code that comes first.

        ``differing`` stands in it only where a known row says something else than the record.
        """
        found: dict[str, Any] = {
            "rows": self.rows,
            "accepted": self.accepted,
            "unchanged": self.unchanged,
            "rejected": {str(n): [str(codes[0])] for n, codes in sorted(self.rejected.items())},
            "imported": self.imported,
        }
        return found | (
            {"differing": {str(n): f for n, f in sorted(self.differing.items())}} if self.differing else {}
        )

    def to_keep(self) -> dict[str, Any]:
        """Return the report as jobs keep it for the page: of a refused row every code."""
        codes = {str(n): [str(code) for code in codes] for n, codes in sorted(self.rejected.items())}
        return self.as_json() | {"rejected": codes}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Report:
        """Read a report back that a job kept."""
        return cls(
            rows=kept["rows"],
            accepted=kept["accepted"],
            unchanged=kept["unchanged"],
            rejected={int(n): [Code(code) for code in codes] for n, codes in kept["rejected"].items()},
            differing={int(n): list(fields) for n, fields in kept.get("differing", {}).items()},
            imported=kept["imported"],
        )

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every refused row with what is wrong and how to mend it, in the reader's language."""
        for number, codes in sorted(self.rejected.items()):
            yield number, [str(code.label) for code in codes]


def sheet_to_mend(header: Row, refused: Iterable[tuple[Row, Iterable[Code]]]) -> Iterator[list[Cell]]:
    """
    Yield the rows of a sheet with the refused rows as they were, and a last column with their codes.

    ``in_words`` says them. Mended and handed in again the sheet adds only what is new.
    """
    ours = {place for place, cell in enumerate(header.cells) if is_ours(cell)}  # it was to mend before
    width = len(header.cells)

    def rest(cells: list[Cell]) -> list[Cell]:
        every = [*cells[:width], *[None] * (width - len(cells))]
        return [as_text(cell) for place, cell in enumerate(every) if place not in ours]

    yield [*rest(header.cells), MEND]
    for row, codes in refused:
        yield [*rest(row.cells), " ".join(codes)]


def in_words(
    rows: Iterable[list[Cell]], *, say: Callable[[Code], object] = lambda code: code.label
) -> Iterator[list[Cell]]:
    """Say what the last column of a sheet to mend holds in codes, in the reader's language."""
    for number, cells in enumerate(rows):
        said = (say(Code(code)) for code in str(cells[-1]).split()) if number else [_(MEND)]
        yield [*cells[:-1], " ".join(map(str, said))]


def as_text(cell: Cell) -> Cell:
    """Return a cell as text that is read back as the same: a telephone number kept as one has no point."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    return cell if cell is None else str(cell)
