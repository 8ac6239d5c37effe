"""Check the rows of a sheet one after the other, whatever kind of sheet it is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from foundation.papers.sheets import Row
from registry.drives.sheets.codes import Code
from registry.drives.sheets.furniture import Furniture
from registry.drives.sheets.layout import Layout
from registry.drives.sheets.rows import Cells
from registry.drives.sheets.seen import Seen

_RANK: Final = {code: rank for rank, code in enumerate(Code)}
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Judged(Generic[Found]):
    """What a row says by itself: what can be read, what is wrong, and the numbers of one person alone."""

    cells: Cells = field(repr=False)
    row: Found
    codes: Collection[Code]
    numbers: Mapping[Code, str] = field(repr=False)  # by what is wrong if one stands further up

    @property
    def number(self) -> int:
        """The number of the row, as a spreadsheet shows it."""
        return self.cells.row.number


@dataclass(frozen=True, slots=True)
class Checked(Generic[Found]):
    """What came of one row: it can be taken, or it has codes, the one to report first."""

    number: int
    cells: Cells = field(repr=False)
    row: Found | None = None
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader(Generic[Found]):
    """Reads each row by itself, so that it does not matter in which process."""

    layout: Layout
    judge: Callable[[Cells], Judged[Found]]
    furniture: Furniture = field(init=False)

    def __post_init__(self) -> None:
        """Know the title and the header, which long lists repeat on every page."""
        object.__setattr__(self, "furniture", Furniture.of(self.layout))

    def read(self, row: Row) -> Judged[Found] | None:
        """Return what a row says, None if it is empty or belongs to the print and not to a person."""
        cells = Cells.of(row, self.layout)
        return None if cells.is_empty or self.furniture.has(cells) else self.judge(cells)


@dataclass(frozen=True, slots=True)
class Above:
    """Remembers the numbers of the rows further up, which nobody else may have."""

    _seen: dict[Code, Seen] = field(default_factory=dict)

    def codes(self, codes: Collection[Code], numbers: Mapping[Code, str]) -> tuple[Code, ...]:
        """Return what is wrong with a row, those before it in mind: the first of its numbers that was met."""
        met = [code for code, value in numbers.items() if value and self._of(code).add(value)]
        return tuple(sorted({*codes, *met[:1]}, key=_RANK.__getitem__))

    def _of(self, code: Code) -> Seen:
        if code not in self._seen:
            self._seen[code] = Seen()
        return self._seen[code]


def check(rows: Iterable[Row], reader: Reader[Found]) -> Iterator[Checked[Found]]:
    """Yield what came of every row that is not empty, in their order."""
    above = Above()
    for judged in filter(None, map(reader.read, rows)):
        codes = above.codes(judged.codes, judged.numbers)
        yield Checked(judged.number, judged.cells, None if codes else judged.row, codes)
