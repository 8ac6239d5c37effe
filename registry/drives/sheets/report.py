"""What came of a paper list: counts, a code for each refused row, and the refused rows as a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from foundation.papers.sheets import Cell, Row
from registry.drives.sheets.codes import Code


@dataclass(slots=True)
class Report:
    """Numbers and codes only: it may be kept, printed and sent."""

    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    rejected: dict[int, list[Code]] = field(default_factory=dict)
    differing: dict[int, list[str]] = field(default_factory=dict)  # of unchanged rows: fields not applied
    imported: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the report as commands print it and jobs keep it."""
        found: dict[str, Any] = {
            "rows": self.rows,
            "accepted": self.accepted,
            "unchanged": self.unchanged,
            "rejected": {str(n): [str(code) for code in codes] for n, codes in sorted(self.rejected.items())},
            "imported": self.imported,
        }
        return found | (
            {"differing": {str(n): f for n, f in sorted(self.differing.items())}} if self.differing else {}
        )

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
    Yield the rows of a sheet with the refused rows as they were, and a last column that says what to mend.

    Mended and handed in again it adds only what is new.
    """
    width = len(header.cells)
    yield [*header.cells, _("What to mend")]
    for row, codes in refused:
        cells = [*row.cells[:width], *[None] * (width - len(row.cells))]
        yield [*cells, " ".join(str(code.label) for code in codes)]
