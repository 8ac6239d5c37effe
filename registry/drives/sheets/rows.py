"""Read the cells of one row into words, numbers and codes, whatever their spelling; judges nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from foundation.papers.sheets import Cell, Row
from foundation.vault import normal
from registry.donors.documents import DocumentKind
from registry.drives.sheets.layout import Column, Layout

_EXACT: Final = 10**15  # a spreadsheet keeps 15 digits of a number
_WEIGHT: Final = re.compile(r"(\d{1,3}(?:\.\d+)?)(kg|公斤|千克|斤)?", re.IGNORECASE)
_BLOOD_GROUPS: Final = frozenset({"A", "B", "O", "AB"})
_SEXES: Final = {
    "男": "M",
    "男性": "M",
    "m": "M",
    "male": "M",
    "女": "F",
    "女性": "F",
    "f": "F",
    "female": "F",
}
_KINDS: Final = {
    "居民身份证": DocumentKind.RESIDENT_ID,
    "身份证": DocumentKind.RESIDENT_ID,
    "二代身份证": DocumentKind.RESIDENT_ID,
    "": DocumentKind.RESIDENT_ID,
    "港澳台居民居住证": DocumentKind.RESIDENCE_PERMIT,
    "港澳居民居住证": DocumentKind.RESIDENCE_PERMIT,
    "台湾居民居住证": DocumentKind.RESIDENCE_PERMIT,
    "居住证": DocumentKind.RESIDENCE_PERMIT,
    "港澳居民来往内地通行证": DocumentKind.HOME_RETURN,
    "港澳通行证": DocumentKind.HOME_RETURN,
    "回乡证": DocumentKind.HOME_RETURN,
    "港澳回乡证": DocumentKind.HOME_RETURN,
    "台湾居民来往大陆通行证": DocumentKind.TAIWAN_PERMIT,
    "台胞证": DocumentKind.TAIWAN_PERMIT,
    "外国人永久居留身份证": DocumentKind.FOREIGN_RESIDENT,
    "外国人永久居留证": DocumentKind.FOREIGN_RESIDENT,
    "永久居留证": DocumentKind.FOREIGN_RESIDENT,
    "护照": DocumentKind.PASSPORT,
    "军官证": DocumentKind.OFFICER,
    "士兵证": DocumentKind.OFFICER,
    "士官证": DocumentKind.OFFICER,
    "警官证": DocumentKind.OFFICER,
}
RELATIONS: Final = {
    "SPOUSE": "配偶 丈夫 妻子 夫妻 爱人 老公 老婆 伴侣",
    "PARENT": "父亲 母亲 父母 父 母 爸爸 妈妈 爸 妈 父女 父子 母女 母子 岳父 岳母 公公 婆婆",
    "CHILD": "子女 儿子 女儿 子 女",
    "SIBLING": "兄弟 姐妹 兄弟姐妹 哥哥 弟弟 姐姐 妹妹 哥 弟 姐 妹 兄妹 姐弟 兄 堂兄弟 表兄弟 表姐妹",
    "RELATIVE": "亲戚 亲属 叔叔 阿姨 舅舅 姑姑 祖父 祖母 爷爷 奶奶 外公 外婆",
    "FRIEND": "朋友 好友 男朋友 女朋友 男友 女友 邻居",
    "CLASSMATE": "同学 室友 舍友 校友",
    "COLLEAGUE": "同事 领导",
}
_RELATIONS: Final = {word: code for code, words in RELATIONS.items() for word in words.split()}


@dataclass(frozen=True, slots=True, repr=False)
class Cells:
    """The cells of one row by column; empty where the sheet has no such column."""

    row: Row
    places: Mapping[StrEnum, int]

    @classmethod
    def of(cls, row: Row, layout: Layout) -> Cells:
        """Take the cells of a row as the layout says."""
        return cls(row, layout.places)

    def cell(self, column: StrEnum) -> Cell:
        """Return what stands in the sheet, untouched."""
        place = self.places.get(column)
        return None if place is None or place >= len(self.row.cells) else self.row.cells[place]

    def text(self, column: StrEnum) -> str:
        """Return the words of a cell without the spaces around them; a whole number without its point."""
        cell = self.cell(column)
        if cell is None:
            return ""
        if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
            return str(int(cell))
        return str(cell).strip()

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in any column of the list."""
        return not any(self.text(column) for column in self.places)

    @property
    def sex(self) -> str:
        """M, F, or nothing where it cannot be read."""
        return _SEXES.get(normal.text(self.text(Column.SEX)).casefold(), "")

    @property
    def document_kind(self) -> str:
        """The kind of document as a code, or nothing where it is not known."""
        return str(_KINDS.get(_bare(self.text(Column.DOCUMENT_KIND)), ""))

    @property
    def has_numeric_document(self) -> bool:
        """Whether the document number stands in the sheet as a number, which keeps 15 digits only."""
        return isinstance(self.cell(Column.DOCUMENT_NUMBER), int | float)

    @property
    def weight_kg(self) -> Decimal | None:
        """The weight, from kilograms or jin, or None where it cannot be read."""
        match = _WEIGHT.fullmatch(_bare(self.text(Column.WEIGHT)))
        if match is None:
            return None
        try:
            weight = Decimal(match[1])
        except InvalidOperation:
            return None
        return weight / 2 if match[2] == "斤" else weight

    @property
    def blood_group(self) -> str:
        """A, B, O, AB, or nothing."""
        group = _bare(self.text(Column.BLOOD_GROUP)).upper().removesuffix("型")
        return group if group in _BLOOD_GROUPS else ""

    def relation(self, column: Column) -> str:
        """Return what a contact is to the volunteer, as a code of the donors' room."""
        return _RELATIONS.get(_bare(self.text(column)), "OTHER")


def _bare(text: str) -> str:
    return normal.text(text).replace(" ", "")
