"""Read the national register's sheet: find its header under a title, and of each row who it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import chain, islice
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation import moves
from foundation.pages.forms import TypedDateField
from foundation.papers.sheets import Row
from foundation.vault import normal
from registry.donors import grid
from registry.donors.models import TheirState
from registry.donors.national import numbers

_ABOVE: Final = 20  # a title, a date, notes
_DECORATION: Final = re.compile(r"[\s*:()（）\[\]【】]|必填|选填")


class Column(StrEnum):
    """What a row of their sheet may say."""

    NUMBER = "国家库编号"
    DOCUMENT = "证件号码"
    GRID = "GRID"
    STATE = "状态"
    DAY = "入库日期"


_NAMES: Final = {
    Column.NUMBER: "国家库编号 国家编号 编号 捐献者编号 供者编号 志愿捐献者编号 入库编号 number donorid id",
    Column.DOCUMENT: "证件号码 证件号 身份证号 身份证号码 身份证 document",
    Column.GRID: "grid 志愿者编号 本地编号 分库编号",
    Column.STATE: "状态 国家库状态 在库状态 state status",
    Column.DAY: "入库日期 入库时间 日期 接收日期 审核日期 date",
}
_BY_NAME: Final = {name: column for column, names in _NAMES.items() for name in names.split()}
_STATES: Final = {
    TheirState.THERE: "在库 已入库 入库 正常 有效 accepted",
    TheirState.AVAILABLE: "av 在库可用 可用 available",
    TheirState.ON_HOLD: "tu 暂缓 暂停 暂不可用 失联 onhold",
    TheirState.RESERVED: "rs 占用 配型中 配型占用 预约 reserved",
    TheirState.LEFT: "de 退出 退库 已退库 出库 删除 注销 身故 left deleted",
}
_BY_WORD: Final = {word: state for state, words in _STATES.items() for word in words.split()}


@dataclass(frozen=True, slots=True, repr=False)
class TheirRow:
    """What one row of their sheet says; ``document`` is personal and never kept."""

    number: int
    national_no: str
    grid: str
    document: str
    state: str
    on: date | None

    @property
    def names_somebody(self) -> bool:
        """Whether it says whom it is about: nobody stands there without a number."""
        return bool(self.national_no)


def read(rows: Iterable[Row]) -> Iterator[TheirRow]:
    """
    Yield the rows below the header of their sheet.

    :raises moves.Refused: if no header names a number and a document or GRID.
    """
    rows = iter(rows)
    above = list(islice(rows, _ABOVE))
    for place, row in enumerate(above):
        places = _places(row)
        if Column.NUMBER in places and {Column.DOCUMENT, Column.GRID} & set(places):
            return _read(chain(above[place + 1 :], rows), places)
    raise moves.Refused(
        [_("No row holds the headers of the national register: a number, and a document number or GRID.")]
    )


def _places(row: Row) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for place, cell in enumerate(row.cells):
        name = _DECORATION.sub("", normal.text(str(cell or ""))).casefold()
        if column := _BY_NAME.get(name):
            found.setdefault(column, place)
    return found


def _read(rows: Iterable[Row], places: dict[Column, int]) -> Iterator[TheirRow]:
    for row in rows:
        cells = {column: _cell(row, place) for column, place in places.items()}
        if any(cells.values()):
            document, written = _words(cells.get(Column.DOCUMENT)), _words(cells.get(Column.GRID))
            yield TheirRow(
                number=row.number,
                national_no=_number(_words(cells.get(Column.NUMBER)), of_somebody=bool(document or written)),
                grid=_grid(written),
                document=document,
                state=_state(_words(cells.get(Column.STATE))),
                on=_day(cells.get(Column.DAY)),
            )


def _cell(row: Row, place: int) -> object:
    return row.cells[place] if place < len(row.cells) else None


def _words(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _number(text: str, *, of_somebody: bool) -> str:
    """Return a number in whatever form; where the row says nothing else of anybody, it may be a total."""
    read = numbers.of_theirs if of_somebody else numbers.check
    try:
        return read(text) if text else ""
    except moves.Refused:
        return ""


def _grid(text: str) -> str:
    number = grid.normal(text)
    return number if grid.is_valid(number) else ""


def _state(text: str) -> str:
    if not text:
        return ""
    return str(_BY_WORD.get(normal.text(text).replace(" ", "").casefold(), TheirState.OTHER))


def _day(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return TypedDateField(required=False).to_python(_words(cell)[:10])
    except ValidationError:
        return None
