"""Read the cells of one row into words, numbers and codes, whatever their spelling; judges nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final

from foundation.papers.sheets import Cell, Row
from foundation.vault import normal
from registry.donors.columns import Column, in_one_script
from registry.donors.documents import DocumentKind
from registry.drives.sheets.layout import Layout

EXACT: Final = 10**15  # a spreadsheet keeps 15 digits of a number
_ROUNDED: Final = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)  # what it shows of a longer one
_APOSTROPHES: Final = "'’‘`´"  # noqa: RUF001 typed before a number to keep it from being one
_KEPT_AS_TEXT: Final = re.compile(rf"""="(.*)"|[{_APOSTROPHES}]+(.*)|(\d{{5,15}})\.0+""", re.DOTALL)
_NO: Final = "无 没有 暂无 未采 未采样 未采血 無 沒有 暫無 未採 未採樣 未採血 / \\ - -- N/A NA"
_NOTHING: Final = frozenset(_NO.split())
_DASHES: Final = dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")
_BESIDE: Final = re.compile(r"[(（\[【].*[)）\]】]")
_HEAVIEST_KG: Final = 400  # a typing error beyond; the table refuses it too
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
    "中国居民身份证": DocumentKind.RESIDENT_ID,
    "身份证": DocumentKind.RESIDENT_ID,
    "身份证件": DocumentKind.RESIDENT_ID,
    "第二代身份证": DocumentKind.RESIDENT_ID,
    "第二代居民身份证": DocumentKind.RESIDENT_ID,
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
    "港澳居民通行证": DocumentKind.HOME_RETURN,
    "台湾居民来往大陆通行证": DocumentKind.TAIWAN_PERMIT,
    "台湾通行证": DocumentKind.TAIWAN_PERMIT,
    "台湾居民通行证": DocumentKind.TAIWAN_PERMIT,
    "台胞证": DocumentKind.TAIWAN_PERMIT,
    "外国人永久居留身份证": DocumentKind.FOREIGN_RESIDENT,
    "外国人永久居留证": DocumentKind.FOREIGN_RESIDENT,
    "永久居留证": DocumentKind.FOREIGN_RESIDENT,
    "护照": DocumentKind.PASSPORT,
    "普通护照": DocumentKind.PASSPORT,
    "中国护照": DocumentKind.PASSPORT,
    "外国护照": DocumentKind.PASSPORT,
    "军官证": DocumentKind.OFFICER,
    "军人证": DocumentKind.OFFICER,
    "文职干部证": DocumentKind.OFFICER,
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
_THEMSELVES: Final = frozenset({"本人", "自己", "志愿者本人"})


@dataclass(frozen=True, slots=True, repr=False)
class Cells:
    """The cells of one row by column; empty where the sheet has no such column."""

    row: Row
    places: Mapping[Column, int]

    @classmethod
    def of(cls, row: Row, layout: Layout) -> Cells:
        """Take the cells of a row as the layout says."""
        return cls(row, layout.places)

    def cell(self, column: Column) -> Cell:
        """Return what stands in the sheet, untouched."""
        place = self.places.get(column)
        return None if place is None or place >= len(self.row.cells) else self.row.cells[place]

    def text(self, column: Column) -> str:
        """Return the words of a cell without the spaces around them; a whole number without its point."""
        cell = self.cell(column)
        if cell is None:
            return ""
        if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
            return str(int(cell))
        return str(cell).strip()

    def number(self, column: Column) -> str:
        """Return a number that is text: without what keeps a spreadsheet from counting with it."""
        text = self.text(column)
        match = _KEPT_AS_TEXT.fullmatch(text)
        return next((part for part in match.groups() if part is not None), "") if match else text

    def said(self, column: Column) -> str:
        """Return the words of a cell, nothing where it says that there is nothing: 无, / or a dash."""
        text = self.number(column)
        return "" if _bare(text).upper().translate(_DASHES) in _NOTHING else text

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
        kind = in_one_script(_bare(self.text(Column.DOCUMENT_KIND)))
        return str(_KINDS.get(kind) or _KINDS.get(_BESIDE.sub("", kind)) or "")

    @property
    def has_numeric_document(self) -> bool:
        """Whether the document number stands in the sheet as a number, which keeps 15 digits only."""
        return isinstance(self.cell(Column.DOCUMENT_NUMBER), int | float)

    @property
    def has_lost_digits(self) -> bool:
        """Whether the spreadsheet has kept the document number as a number longer than it keeps."""
        cell = self.cell(Column.DOCUMENT_NUMBER)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return not math.isfinite(cell) or abs(cell) >= EXACT
        return bool(_ROUNDED.fullmatch(_bare(self.number(Column.DOCUMENT_NUMBER))))

    @property
    def weight_kg(self) -> Decimal | None:
        """The weight, from kilograms or jin, or None where it cannot be read."""
        match = _WEIGHT.fullmatch(_bare(self.text(Column.WEIGHT)))
        if match is None:
            return None
        weight = Decimal(match[1]) / (2 if match[2] == "斤" else 1)
        weight = weight.quantize(Decimal("0.1"), ROUND_DOWN)
        return weight if 0 < weight < _HEAVIEST_KG else None

    @property
    def blood_group(self) -> str:
        """A, B, O, AB, or nothing."""
        group = _bare(self.text(Column.BLOOD_GROUP)).upper().removesuffix("型")
        return group if group in _BLOOD_GROUPS else ""

    def is_self(self, column: Column) -> bool:
        """Return whether a contact is said to be the volunteer."""
        return _bare(self.text(column)) in _THEMSELVES

    def relation(self, column: Column) -> str:
        """Return what a contact is to the volunteer, as a code of the donors' room."""
        return _RELATIONS.get(in_one_script(_bare(self.text(column))), "OTHER")


def _bare(text: str) -> str:
    return normal.text(text).replace(" ", "")
