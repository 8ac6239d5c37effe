"""Turn days into the lunar calendar and back, and say when a solar term falls; pure.

The library raises on a lunar day that a year does not have; who keeps a day asks for its month's last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from lunar_python import LunarYear, Solar

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199  # the tables of the library are good beyond it, ours is a registry of the living
_JULIAN: Final = 1_721_425  # days between the Julian day number of a noon and the ordinal of its date


class NoSuchDay(ValueError):
    """A lunar year has no such day."""


@dataclass(frozen=True, slots=True, order=True)
class LunarDate:
    """A day of the lunar calendar. ``leap`` is the second month of that number."""

    year: int
    month: int
    day: int
    leap: bool = False


@dataclass(frozen=True, slots=True)
class _Month:
    """A lunar month: which one it is, the ordinal of its first day, and how many days it has."""

    year: int
    number: int
    leap: bool
    first: int
    length: int


def lunar(day: date) -> LunarDate:
    """Return the lunar date of a day in China."""
    ordinal = day.toordinal()
    month = next(one for one in reversed(_months(day.year)) if one.first <= ordinal)
    return LunarDate(month.year, month.number, ordinal - month.first + 1, month.leap)


def solar(day: LunarDate) -> date:
    """
    Return the day a lunar date falls on.

    :raises NoSuchDay: if that lunar year has no such month or day.
    """
    month = _month(day.year, day.month, leap=day.leap)
    if month is None or not 1 <= day.day <= month.length:
        raise NoSuchDay(f"There is no such lunar day in {day.year}.")
    return date.fromordinal(month.first + day.day - 1)


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


def _month(year: int, number: int, *, leap: bool) -> _Month | None:
    """Return a month of a lunar year, None if the year has no such month or lies beyond ours."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    asked = (year, number, leap)
    return next((one for one in _months(year) if (one.year, one.number, one.leap) == asked), None)


@lru_cache(maxsize=512)
def _months(year: int) -> tuple[_Month, ...]:
    """
    Return the fifteen lunar months from the winter solstice before a year on.

    The library computes the year anew for every day it is asked of: a millisecond each.
    """
    return tuple(
        _Month(
            month.getYear(),
            abs(month.getMonth()),
            month.getMonth() < 0,
            int(month.getFirstJulianDay()) - _JULIAN,
            month.getDayCount(),
        )
        for month in LunarYear.fromYear(year).getMonths()
    )


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
