"""Find the header of a paper list under its title, and say which column is what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from typing import Final

from django.utils.translation import gettext as _

from foundation.papers.sheets import Row
from foundation.vault import normal

ROWS_ABOVE: Final = 20  # a title, a date, notes to those who fill it in
_DECORATION: Final = re.compile(r"[\s*:()（）\[\]【】]|必填|选填")


class Column(StrEnum):
    """The columns of a paper list, by the header the branches print."""

    NAME = "姓名"
    SEX = "性别"
    ETHNIC_GROUP = "民族"
    DOCUMENT_KIND = "证件类型"
    DOCUMENT_NUMBER = "证件号码"
    BORN_ON = "出生日期"
    PHONE = "手机号码"
    CONTACT_1_NAME = "联系人1姓名"
    CONTACT_1_RELATION = "联系人1关系"
    CONTACT_1_PHONE = "联系人1电话"
    CONTACT_2_NAME = "联系人2姓名"
    CONTACT_2_RELATION = "联系人2关系"
    CONTACT_2_PHONE = "联系人2电话"
    EDUCATION = "学历"
    WORKPLACE = "单位或学校"
    ADDRESS = "通讯地址"
    BLOOD_GROUP = "血型"
    WEIGHT = "体重(kg)"
    REGISTERED_ON = "登记日期"
    BARCODE = "采样编号"
    NOTE = "备注"


REQUIRED: Final = (
    Column.NAME,
    Column.DOCUMENT_NUMBER,
    Column.PHONE,
    Column.CONTACT_1_NAME,
    Column.CONTACT_1_PHONE,
    Column.CONTACT_2_NAME,
    Column.CONTACT_2_PHONE,
    Column.WEIGHT,
    Column.REGISTERED_ON,
)
OTHER_NAMES: Final = {
    "身份证号": Column.DOCUMENT_NUMBER,
    "身份证号码": Column.DOCUMENT_NUMBER,
    "证件号": Column.DOCUMENT_NUMBER,
    "手机": Column.PHONE,
    "手机号": Column.PHONE,
    "联系电话": Column.PHONE,
    "体重": Column.WEIGHT,
    "体重公斤": Column.WEIGHT,
    "生日": Column.BORN_ON,
    "出生年月日": Column.BORN_ON,
    "登记时间": Column.REGISTERED_ON,
    "采样日期": Column.REGISTERED_ON,
    "试管编号": Column.BARCODE,
    "样本编号": Column.BARCODE,
    "条码": Column.BARCODE,
    "地址": Column.ADDRESS,
    "单位": Column.WORKPLACE,
    "文化程度": Column.EDUCATION,
    **{
        f"联系人{chinese}{what}": Column(f"联系人{digit}{what}")
        for chinese, digit in (("一", "1"), ("二", "2"))
        for what in ("姓名", "关系", "电话")
    },
}


def plain(header: str) -> str:
    """Return a header without spaces, brackets, colons and asterisks."""
    return _DECORATION.sub("", normal.text(header)).casefold()


@dataclass(frozen=True, slots=True)
class Headers:
    """What the columns of one kind of sheet may be called, and which of them it must have."""

    known: Mapping[str, StrEnum]  # by the plain name
    required: tuple[StrEnum, ...]

    @classmethod
    def of(
        cls, columns: Iterable[StrEnum], *, required: Iterable[StrEnum], others: Mapping[str, StrEnum]
    ) -> Headers:
        """Know columns by their own names and by others."""
        own = {plain(column): column for column in columns}
        return cls(own | {plain(name): column for name, column in others.items()}, tuple(required))

    def also(self, mapped: Mapping[str, StrEnum]) -> Headers:
        """Know more names, as somebody chose them."""
        return Headers({**self.known, **{plain(n): column for n, column in mapped.items()}}, self.required)


OF_A_DRIVE: Final = Headers.of(Column, required=REQUIRED, others=OTHER_NAMES)
_TELLTALE: Final = frozenset({Column.NAME, Column.DOCUMENT_NUMBER})


class LayoutProblem(ValueError):
    """The columns of a sheet are not those of a paper list. It says which are missing or stand twice."""

    def __init__(self, code: str, columns: Iterable[StrEnum] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.columns = tuple(columns)

    @property
    def sentences(self) -> list[str]:
        """Say what is wrong and how to mend it."""
        names = "、".join(self.columns)
        return [
            {
                "no_header": _("No row holds the headers 姓名 and 证件号码. Use the printed list's headers."),
                "column_missing": _("These columns are missing: %(columns)s.") % {"columns": names},
                "column_twice": _("These columns stand twice: %(columns)s. Delete or rename one.")
                % {"columns": names},
            }[self.code]
        ]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the header stands, and in which place each column is found."""

    header: Row
    places: Mapping[StrEnum, int]


def find_header(
    rows: Iterable[Row], *, mapped: Mapping[str, StrEnum] | None = None, headers: Headers = OF_A_DRIVE
) -> tuple[Layout, Iterator[Row]]:
    """
    Return the layout of a sheet and the rows below its header.

    :param mapped: other names of columns, as somebody chose on the page.
    :param headers: the names that are known, by default those of a paper list.
    :raises LayoutProblem: if there is no header, or a column is missing or stands twice.
    """
    rows = iter(rows)
    above = list(islice(rows, ROWS_ABOVE))
    headers = headers.also(mapped or {})
    for place, row in enumerate(above):
        found = [headers.known.get(plain(cell)) if isinstance(cell, str) else None for cell in row.cells]
        if set(found) >= _TELLTALE:
            return Layout(row, _places(found, headers.required)), chain(above[place + 1 :], rows)
    raise LayoutProblem("no_header")


def _places(found: list[StrEnum | None], required: tuple[StrEnum, ...]) -> dict[StrEnum, int]:
    columns = [column for column in found if column is not None]
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise LayoutProblem("column_twice", twice)
    if missing := [column for column in required if column not in columns]:
        raise LayoutProblem("column_missing", missing)
    return {column: place for place, column in enumerate(found) if column is not None}
