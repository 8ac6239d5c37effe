"""Find the header of a sheet under its title, and say which column is what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from foundation.papers.sheets import Cell, Row
from foundation.vault import normal
from registry.donors.columns import OF_A_LIST, Column, in_one_script

ROWS_ABOVE: Final = 20  # a title, a date, notes to those who fill it in
LONGEST_HEADER: Final = 60  # characters of a header that is remembered
MEND: Final = translation.gettext_noop("What to mend")  # the header of our own column
_FEWEST_KNOWN: Final = (
    3  # headers by which a row is the header although the telltale ones are called otherwise
)
_FEWEST_WORDS: Final = 8  # cells with words that make a row the header where none of them is known
_DECORATION: Final = re.compile(r"[\s*:()（）\[\]【】/_\-.、,，。]|必填|选填|18位")
_A_NUMBER: Final = re.compile(r"\d{5}")


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
_IN_OTHER_WORDS: Final = {
    Column.NAME: "志愿者姓名 捐献者姓名",
    Column.DOCUMENT_KIND: "证件种类 证件名称 证件类别",
    Column.DOCUMENT_NUMBER: "身份证 身份证号 身份证号码 身份证编号 身份证件号 身份证件号码 居民身份证 "
    "居民身份证号 居民身份证号码 二代身份证 二代身份证号 二代身份证号码 公民身份号码 公民身份证号 "
    "公民身份证号码 身份号码 证件号 证件编号 有效证件号 有效证件号码 身分证 身分证号 身分证号码 身分证字号",
    Column.BORN_ON: "生日 出生年月日",
    Column.PHONE: "手机 手机号 联系电话 移动电话 行动电话 本人电话 本人手机 电话",
    Column.EDUCATION: "文化程度",
    Column.WORKPLACE: "单位 单位学校 学校或单位 工作单位 工作单位或学校",
    Column.ADDRESS: "地址 联系地址 家庭住址 住址 现住址",
    Column.WEIGHT: "体重 体重公斤",
    Column.REGISTERED_ON: "登记时间 采样日期 填表日期",
    Column.BARCODE: "试管编号 样本编号 条码 条形码 采样管编号 采血管编号 血样编号 标本编号",
}
_OF_CONTACTS: Final = {
    f"{who}{word}": Column(f"联系人{digit}{what}")
    for digit, names in (("1", "联系人1 联系人一 第一联系人"), ("2", "联系人2 联系人二 第二联系人"))
    for who in names.split()
    for what, words in (
        ("姓名", "姓名"),
        ("关系", "关系 与本人关系"),
        ("电话", "电话 手机 手机号码 联系电话"),
    )
    for word in words.split()
}
OTHER_NAMES: Final = {
    name: column for column, names in _IN_OTHER_WORDS.items() for name in names.split()
} | _OF_CONTACTS
_OF_NO_COLUMN: Final = (
    "序号 年龄 签名 本人签名 志愿者签名 籍贯 身高 政治面貌"  # on some lists, of no use here
)


def plain(header: str) -> str:
    """Return a header in one script, without spaces, brackets, colons, strokes and asterisks."""
    return _DECORATION.sub("", in_one_script(normal.text(header))).casefold()


@dataclass(frozen=True, slots=True)
class Headers:
    """What the columns of one kind of sheet may be called, which there are, and which it must have."""

    known: Mapping[str, Column | None]  # by the plain name; None for one that is left out
    required: tuple[Column, ...]

    @classmethod
    def of(
        cls, columns: Iterable[Column], *, required: Iterable[Column], others: Mapping[str, Column]
    ) -> Headers:
        """Know columns by their own names and by others."""
        own = {plain(column): column for column in columns}
        return cls(own | {plain(name): column for name, column in others.items()}, tuple(required))

    def also(self, mapped: Mapping[str, Column | None]) -> Headers:
        """Know more names, as somebody chose them."""
        return Headers({**self.known, **{plain(n): column for n, column in mapped.items()}}, self.required)

    @property
    def columns(self) -> list[Column]:
        """Return the columns there are, in their order."""
        return list(dict.fromkeys(column for column in self.known.values() if column is not None))

    def column_of(self, cell: Cell) -> Column | None:
        """Return the column a header names."""
        return self.known.get(plain(cell)) if isinstance(cell, str) else None

    def is_unknown(self, cell: Cell) -> bool:
        """Return whether a cell of the header holds a name nobody has explained."""
        return (
            isinstance(cell, str) and (name := plain(cell)) != "" and name not in {*self.known, *_left_out()}
        )


def is_ours(cell: Cell) -> bool:
    """Return whether a header is that of the column with which a sheet comes back to be mended."""
    return isinstance(cell, str) and plain(cell) in _our_own()


@cache
def _our_own() -> frozenset[str]:
    own = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            own.add(plain(_(MEND)))
    return frozenset(own)


@cache
def _left_out() -> frozenset[str]:
    """Return the headers nobody is asked about: of no use here, or our own column in any language."""
    return frozenset(map(plain, _OF_NO_COLUMN.split())) | _our_own()


OF_A_DRIVE: Final = Headers.of(OF_A_LIST, required=REQUIRED, others=OTHER_NAMES)
_TELLTALE: Final = frozenset({Column.NAME, Column.DOCUMENT_NUMBER})


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the header stands, in which place each column is found, and what was not found."""

    header: Row
    places: Mapping[Column, int]
    unknown: tuple[int, ...] = ()  # places of headers nobody has explained
    missing: tuple[Column, ...] = ()
    needed: tuple[Column, ...] = ()  # of the missing: without these the sheet cannot come in
    above: tuple[Row, ...] = ()

    def check(self, *, asks: bool) -> None:
        """
        Let it pass, or have somebody asked whether an unknown header is a column that was not found.

        :param asks: whether there is somebody to be asked.
        :raises LayoutProblem: if there is, and there is something to ask.
        """
        if asks and self.unknown and self.missing:
            raise LayoutProblem("column_unknown", self.missing, self)


class LayoutProblem(ValueError):
    """
    The columns of a sheet are not those of its kind. It says which are missing or stand twice.

    ``layout`` is what was found all the same, for a person to say which column is what.
    """

    def __init__(self, code: str, columns: Iterable[Column] = (), layout: Layout | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.columns = tuple(columns)
        self.layout = layout

    @property
    def sentences(self) -> list[str]:
        """Say what is wrong and how to mend it."""
        names = "、".join(column.label for column in self.columns)
        return [
            {
                "no_header": _("No row holds the headers 姓名 and 证件号码. Use the printed list's headers."),
                "column_missing": _("These columns are missing: %(columns)s.") % {"columns": names},
                "column_twice": _("These columns stand twice: %(columns)s. Delete or rename one.")
                % {"columns": names},
                "column_unknown": _("Some headers are not known here. Say which column is what."),
            }[self.code]
        ]


def find_header(
    rows: Iterable[Row],
    *,
    mapped: Mapping[str, Column | None] | None = None,
    headers: Headers = OF_A_DRIVE,
) -> tuple[Layout, Iterator[Row]]:
    """
    Return the layout of a sheet and the rows below its header.

    :param mapped: other names of columns, as somebody chose on the page; None for one left out.
    :param headers: the names that are known, by default those of a paper list.
    :raises LayoutProblem: if there is no header, or a column is missing or stands twice.
    """
    rows = iter(rows)
    above = list(islice(rows, ROWS_ABOVE))
    headers = headers.also(mapped or {})
    for place, row in enumerate(above):
        if {headers.column_of(cell) for cell in row.cells} >= _TELLTALE:
            return _layout(row, above[:place], headers), chain(above[place + 1 :], rows)
    likeliest = _likeliest(above, headers)
    if likeliest is not None:  # what it lacks is told with it
        _layout(above[likeliest], above[:likeliest], headers, otherwise="no_header")
    raise LayoutProblem("no_header")


def _likeliest(above: Sequence[Row], headers: Headers) -> int | None:
    """Return the place of the header under names of its own: with most known ones, or the first of words."""
    known = [len({headers.column_of(cell) for cell in row.cells} - {None}) for row in above]
    if known and max(known) >= _FEWEST_KNOWN:
        return known.index(max(known))
    return next((place for place, row in enumerate(above) if _has_only_words(row)), None)


def _has_only_words(row: Row) -> bool:
    words = [cell for cell in row.cells if cell not in (None, "")]
    return len(words) >= _FEWEST_WORDS and all(
        isinstance(word, str) and len(word) <= LONGEST_HEADER and not _A_NUMBER.search(word) for word in words
    )


def _layout(
    header: Row, above: Sequence[Row], headers: Headers, *, otherwise: str = "column_missing"
) -> Layout:
    """
    Say which column is what.

    :raises LayoutProblem: if one stands twice, or one is missing: then with the code ``otherwise``.
    """
    found = _own_names_first([headers.column_of(cell) for cell in header.cells], header)
    columns = [column for column in found if column is not None]
    layout = Layout(
        header,
        places={column: place for place, column in enumerate(found) if column is not None},
        unknown=tuple(place for place, cell in enumerate(header.cells) if headers.is_unknown(cell)),
        missing=tuple(column for column in headers.columns if column not in columns),
        needed=tuple(column for column in headers.required if column not in columns),
        above=tuple(above),
    )
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise LayoutProblem("column_twice", twice, layout)
    if layout.needed:
        raise LayoutProblem(otherwise, layout.needed, layout)
    return layout


def _own_names_first(found: list[Column | None], header: Row) -> list[Column | None]:
    """Leave out a second column under another name, as 联系电话 beside 手机号码."""
    own = [
        column is not None and plain(str(cell)) == plain(column)
        for column, cell in zip(found, header.cells, strict=True)
    ]
    by_own_name = {column for column, is_own in zip(found, own, strict=True) if is_own}
    return [
        column if is_own or column not in by_own_name else None
        for column, is_own in zip(found, own, strict=True)
    ]
