"""Tell rows of the print from rows of people: headers on every page, sums and signatures below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from foundation.papers.sheets import Row
from foundation.vault import normal
from registry.donors.columns import Column
from registry.drives.sheets.layout import Layout, plain
from registry.drives.sheets.rows import Cells

_OF_A_PERSON: Final = (
    Column.DOCUMENT_NUMBER,
    Column.PHONE,
    Column.BORN_ON,
    Column.CONTACT_1_PHONE,
    Column.CONTACT_2_PHONE,
    Column.BARCODE,
)
_BELOW: Final = re.compile(
    r"(合计|总计|小计|共计|总数|人数)\W*\d*\W*人?|共 ?\d+ ?人.*|第 ?\d+ ?页.*"
    r"|(备注|说明|注|填表|填报|制表|审核|复核|经办|负责)[^:]{0,6}:.*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Furniture:
    """The titles and the header of a sheet, which long lists print on every page."""

    header: frozenset[str]
    titles: frozenset[str]

    @classmethod
    def of(cls, layout: Layout) -> Furniture:
        """Know them from where the header was found."""
        alone = [words for row in layout.above if len(words := list(_words(row))) == 1]
        return cls(
            frozenset(map(plain, _words(layout.header))), frozenset(plain(words[0]) for words in alone)
        )

    def has(self, cells: Cells) -> bool:
        """Return whether a row is nobody's. A row with any number of a person is somebody's."""
        if all(plain(words) in self.header for words in _words(cells.row)):  # ends at the first that is not
            return True
        if any(cells.text(column) for column in _OF_A_PERSON):
            return False
        words = list(_words(cells.row))
        return (len(words) == 1 and plain(words[0]) in self.titles) or bool(_BELOW.fullmatch(words[0]))


def _words(row: Row) -> Iterator[str]:
    return (words for cell in row.cells if cell is not None and (words := normal.text(str(cell))))
