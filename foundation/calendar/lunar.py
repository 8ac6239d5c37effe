"""Turn days into the lunar calendar and back, and say when a solar term falls; pure.

The library raises on a lunar day that a year does not have; who keeps a day asks for its month's last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from lunar_python import Lunar, LunarMonth, LunarYear, Solar

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199  # the tables of the library are good beyond it, ours is a registry of the living


class NoSuchDay(ValueError):
    """A lunar year has no such day."""


@dataclass(frozen=True, slots=True, order=True)
class LunarDate:
    """A day of the lunar calendar. ``leap`` is the second month of that number."""

    year: int
    month: int
    day: int
    leap: bool = False


def lunar(day: date) -> LunarDate:
    """Return the lunar date of a day in China."""
    converted = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    month = converted.getMonth()
    return LunarDate(converted.getYear(), abs(month), converted.getDay(), month < 0)


def solar(day: LunarDate) -> date:
    """
    Return the day a lunar date falls on.

    :raises NoSuchDay: if that lunar year has no such month or day.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR or not 1 <= day.day <= _length(
        day.year, day.month, leap=day.leap
    ):
        raise NoSuchDay(f"There is no such lunar day in {day.year}.")
    found = Lunar.fromYmd(day.year, -day.month if day.leap else day.month, day.day).getSolar()
    return date(found.getYear(), found.getMonth(), found.getDay())


def leap_month(year: int) -> int:
    """Return which month a lunar year has twice, 0 if none."""
    return int(LunarYear.fromYear(year).getLeapMonth())


_MONTHS: Final = "正二三四五六七八九十冬腊"
_ONES: Final = "日一二三四五六七八九"
_TENS: Final = {10: "初十", 20: "二十", 30: "三十"}


def words(day: LunarDate) -> str:
    """Return a lunar date as it is spoken, without its year, simplified: 八月初三, 闰六月廿一."""
    tens, ones = divmod(day.day, 10)
    spoken = _TENS.get(day.day) or "初十廿"[tens] + _ONES[ones]
    return f"{'闰' if day.leap else ''}{_MONTHS[day.month - 1]}月{spoken}"


def _length(year: int, month: int, *, leap: bool) -> int:
    """Return the days of a lunar month, 0 if the year has no such month."""
    found = LunarMonth.fromYm(year, -month if leap else month) if 1 <= month <= 12 else None  # noqa: PLR2004 months
    return 0 if found is None else int(found.getDayCount())


class Term(StrEnum):
    """The 24 solar terms, in the order of the calendar year."""

    XIAOHAN = "小寒"
    DAHAN = "大寒"
    LICHUN = "立春"
    YUSHUI = "雨水"
    JINGZHE = "惊蛰"
    CHUNFEN = "春分"
    QINGMING = "清明"
    GUYU = "谷雨"
    LIXIA = "立夏"
    XIAOMAN = "小满"
    MANGZHONG = "芒种"
    XIAZHI = "夏至"
    XIAOSHU = "小暑"
    DASHU = "大暑"
    LIQIU = "立秋"
    CHUSHU = "处暑"
    BAILU = "白露"
    QIUFEN = "秋分"
    HANLU = "寒露"
    SHUANGJIANG = "霜降"
    LIDONG = "立冬"
    XIAOXUE = "小雪"
    DAXUE = "大雪"
    DONGZHI = "冬至"


_MIDSUMMER: Final = (7, 1)
_AT_THE_TURN: Final = {
    Term.DONGZHI: "DONG_ZHI"
}  # the library gives the winter solstice before under its own name


def solar_term(term: Term | str, year: int) -> date:
    """
    Return the day in China a solar term falls on in a calendar year.

    :raises NoSuchDay: outside the years 1900 to 2199.
    """
    term = Term(term)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoSuchDay(f"Solar terms of {year} are not kept.")
    table = Solar.fromYmd(year, *_MIDSUMMER).getLunar().getJieQiTable()
    found = table[_AT_THE_TURN.get(term, str(term))]
    return date(found.getYear(), found.getMonth(), found.getDay())
