"""Tell rows of the print from rows of people: headers on every page, sums and signatures below."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from foundation.papers.sheets import Row
from foundation.vault import normal
from registry.drives.sheets.layout import Column, Layout, plain
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
        alone = [words for row in layout.above if len(words := _words(row)) == 1]
        return cls(
            frozenset(map(plain, _words(layout.header))), frozenset(plain(words[0]) for words in alone)
        )

    def has(self, cells: Cells) -> bool:
        """Return whether a row is nobody's. A row with any number of a person is somebody's."""
        words = _words(cells.row)
        if self.header.issuperset(map(plain, words)):
            return True
        if any(cells.text(column) for column in _OF_A_PERSON):
            return False
        return (len(words) == 1 and plain(words[0]) in self.titles) or bool(_BELOW.fullmatch(words[0]))


def _words(row: Row) -> list[str]:
    return [words for cell in row.cells if cell is not None and (words := normal.text(str(cell)))]
