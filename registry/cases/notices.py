"""Read a file of notices: find its header under a title, and of each row what it says or what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation import moves
from foundation.pages.forms import TypedDateField
from foundation.papers.sheets import Row
from foundation.vault import normal
from registry.cases import codes
from registry.cases.actions import Notice
from registry.cases.models import Request, Source

_ABOVE: Final = 20  # a title, a date, notes
_DECORATION: Final = re.compile(r"[\s*:()（）\[\]【】/_-]|必填|选填")
_LONGEST_CELL: Final = 60


class Column(StrEnum):
    """What a row of a file of notices may say; the value is its header."""

    CODE = "通知编号"
    DONOR = "捐献者编号"
    PATIENT = "患者编号"
    REQUEST = "申请类型"
    RESOLUTION = "分辨率"
    RECEIVED = "收到日期"
    REQUESTED = "申请日期"
    SOURCE = "来源"


HEADERS: Final = tuple(str(column) for column in Column)
_NEEDED: Final = (Column.CODE, Column.DONOR, Column.PATIENT, Column.RECEIVED)
_NAMES: Final = {
    Column.CODE: "通知编号 通知号 初配编号 配型编号 编号 code noticecode notice",
    Column.DONOR: "捐献者编号 捐献者 志愿者编号 供者编号 供者 管号 条码 国家库编号 donor grid donorgrid "
    "donorgridorbarcode gridorbarcode barcode",
    Column.PATIENT: "患者编号 患者 患者代码 病人编号 patient patientcode",
    Column.REQUEST: "申请类型 申请 请求类型 请求 request requestkind",
    Column.RESOLUTION: "分辨率 分型分辨率 分型 resolution",
    Column.RECEIVED: "收到日期 接收日期 收到 日期 receivedon received",
    Column.REQUESTED: "申请日期 请求日期 requestedon requested requestdate",
    Column.SOURCE: "来源 患者来源 source",
}
_BY_NAME: Final = {name: column for column, names in _NAMES.items() for name in names.split()}
_REQUESTS: Final = {
    Request.TYPING: "typing 高分辨 高分 高配 高分辨配型 复核 复核分型 再次分型 确认分型 再分型 ct vt hr 初配",
    Request.WORK_UP: "workup 体检 采集 动员采集 采集前检查 work-up",
    Request.LYMPHOCYTES: "lymphocytes 淋巴细胞 供者淋巴细胞 二次淋巴 dli",
    Request.SECOND: "second 二次捐献 再次捐献 二次采集 seconddonation",
}
_BY_REQUEST: Final = {word: kind for kind, words in _REQUESTS.items() for word in words.split()}
_SOURCES: Final = {
    Source.DOMESTIC: "domestic 国内 境内 中华骨髓库",
    Source.INTERNATIONAL: "international 国际 境外 国外",
}
_BY_SOURCE: Final = {word: source for source, words in _SOURCES.items() for word in words.split()}


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One row: its cells by column as they were typed, and the notice, or the sentences against it."""

    number: int
    cells: tuple[str, ...]  # in the order of ``HEADERS``
    donor: str
    patient: str
    notice: Notice | None
    sentences: tuple[str, ...] = ()


def read(rows: Iterable[Row], *, source: str, today: date) -> list[Line]:
    """
    Return the rows below the header.

    :param source: of rows that name none.
    :raises moves.Refused: if no header names code, donor, patient and day, or there are too many rows.
    """
    rows = iter(rows)
    above = list(islice(rows, _ABOVE))
    for place, row in enumerate(above):
        places = _places(row)
        if all(column in places for column in _NEEDED):
            return _read([*above[place + 1 :]], rows, places, source=source, today=today)
    raise moves.Refused(
        [
            _("No row holds the headers: %(headers)s.")
            % {"headers": "、".join(str(column) for column in _NEEDED)}
        ]
    )


def _read(
    first: Sequence[Row], rest: Iterable[Row], places: dict[Column, int], *, source: str, today: date
) -> list[Line]:
    lines: list[Line] = []
    for row in (*first, *islice(rest, settings.NOTICE_ROWS_MOST + 1)):
        cells = {column: _words(row, places.get(column)) for column in Column}
        if any(cells.values()):
            lines.append(_line(row.number, cells, source=source, today=today))
    if len(lines) > settings.NOTICE_ROWS_MOST:
        words = _("The file has more than %(most)s rows. Divide it.")
        raise moves.Refused([words % {"most": settings.NOTICE_ROWS_MOST}])
    return lines


def _places(row: Row) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for place, cell in enumerate(row.cells):
        if column := _BY_NAME.get(_plain(str(cell or ""))):
            found.setdefault(column, place)
    return found


def _plain(text: str) -> str:
    return _DECORATION.sub("", normal.text(text)).casefold()


def _words(row: Row, place: int | None) -> str:
    cell = row.cells[place] if place is not None and place < len(row.cells) else None
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()[:_LONGEST_CELL]


def _line(number: int, cells: dict[Column, str], *, source: str, today: date) -> Line:
    wrong: list[str] = []
    code = _code(cells[Column.CODE], Column.CODE, wrong)
    patient = _code(cells[Column.PATIENT], Column.PATIENT, wrong)
    if not cells[Column.DONOR]:
        wrong.append(_("%(column)s is missing.") % {"column": Column.DONOR})
    received = _day(cells[Column.RECEIVED], Column.RECEIVED, wrong, today=today)
    requested = _day(cells[Column.REQUESTED], Column.REQUESTED, wrong, today=today, needed=False)
    if received and requested and requested > received:
        wrong.append(_("The day of the request lies after the day on which it was received."))
    request = _one_of(cells[Column.REQUEST], _BY_REQUEST, Request.TYPING, wrong)
    found_source = _one_of(cells[Column.SOURCE], _BY_SOURCE, source, wrong)
    notice = None
    if not wrong and received is not None:
        notice = Notice(
            source=found_source,
            code=code,
            request=request,
            resolution=cells[Column.RESOLUTION][: codes.LONGEST],
            requested_on=requested or received,
            received_on=received,
        )
    return Line(
        number, tuple(cells[column] for column in Column), cells[Column.DONOR], patient, notice, (*wrong,)
    )


def _code(text: str, column: Column, wrong: list[str]) -> str:
    try:
        return codes.check(text)
    except codes.CodeProblem as problem:
        wrong.extend(f"{column}: {sentence}" for sentence in problem.sentences)
        return ""


def _day(text: str, column: Column, wrong: list[str], *, today: date, needed: bool = True) -> date | None:
    try:
        day: date | None = TypedDateField(required=needed).clean(text[:10] if text else "")
    except ValidationError:
        wrong.append(_("%(column)s is no day. Write it as 2026-11-20.") % {"column": column})
        return None
    if day is not None and day > today:
        wrong.append(_("%(column)s lies in the future.") % {"column": column})
    return day


def _one_of(text: str, known: Mapping[str, str], default: str, wrong: list[str]) -> str:
    if not text:
        return str(default)
    found = known.get(_plain(text))
    if found is None:
        wrong.append(_("“%(word)s” is not known here.") % {"word": text})
    return str(found or default)
