"""What a person is asked about headers nobody has explained, with examples in which nobody can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final, Self

from foundation.papers import sheets as files
from foundation.papers.sheets import Cell, Row
from registry.donors.columns import Column
from registry.drives.sheets.layout import LONGEST_HEADER, LayoutProblem
from registry.drives.sheets.report import as_text

_ROWS_LOOKED_AT: Final = 20
_LONGEST_EXAMPLE: Final = 24
_SHOWN_OF: Final = ((8, 3), (2, 1), (0, 0))  # of so many characters or more the first so many are shown
_HIDDEN: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A header nobody has explained: its place, its words, and a masked example from below it."""

    place: int
    header: str
    example: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The headers of a sheet nobody has explained, and the columns that were not found."""

    headers: tuple[Unknown, ...]
    missing: tuple[Column, ...]
    needed: tuple[Column, ...]  # of these: without them the sheet cannot come in

    def to_json(self) -> str:
        """Return it as it is sealed with the sheet."""
        found = [[one.place, one.header, one.example] for one in self.headers]
        return json.dumps({"headers": found, "missing": self.missing, "needed": self.needed})

    @classmethod
    def from_json(cls, kept: str) -> Self:
        """Read it back."""
        found = json.loads(kept)
        return cls(
            tuple(Unknown(*one) for one in found["headers"]),
            tuple(map(Column, found["missing"])),
            tuple(map(Column, found.get("needed", found["missing"]))),  # not in what was sealed before
        )


def questions(problem: LayoutProblem, source: bytes, *, name: str) -> Asked | None:
    """Return what to ask about a sheet whose columns are not found, None where no answer would help."""
    layout = problem.layout
    if layout is None or not layout.unknown or problem.code == "column_twice":
        return None
    below = (row for row in files.read(source, name=name) if row.number > layout.header.number)
    examples = list(islice(below, _ROWS_LOOKED_AT))
    unknown = [
        Unknown(place, str(layout.header.cells[place]).strip()[:LONGEST_HEADER], _example(examples, place))
        for place in layout.unknown
    ]
    return Asked(tuple(unknown), layout.missing, layout.needed)


def masked(cell: Cell) -> str:
    """Return a value with stars for its letters and digits, but for the first."""
    text = str(as_text(cell)).strip()[:_LONGEST_EXAMPLE]
    shown = next(show for length, show in _SHOWN_OF if len(text) >= length)
    return text[:shown] + _HIDDEN.sub("*", text[shown:])


def _example(rows: Iterable[Row], place: int) -> str:
    cells = (row.cells[place] for row in rows if place < len(row.cells))
    return next((masked(cell) for cell in cells if cell not in (None, "")), "")
