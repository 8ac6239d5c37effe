"""What a page hands over about the one who gave, a relative and a household's wishes, before sealing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class OneWhoGave:
    """Who gave, what, and when. Never logged, never printed."""

    name: str = field(repr=False)
    gifts: Sequence[str]
    died_on: date
    gave_on: date
    born_on: date | None = None
    sex: str = ""
    document_kind: str = ""
    document_number: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """One of the family, and the ways to them."""

    name: str = field(repr=False)
    kin: str
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    wechat: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    born_on: date | None = None
    language: str = "zh-hans"
    time_zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of every year, or of one; by the calendar the household keeps."""

    month: int
    day: int
    calendar: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Own:
    """A day of the household's own, and in its words what it keeps on it."""

    day: Day
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """
    The rites sheet as it was ticked. A day that is not ticked is not wished.

    :param first_months: whether the call of the second month and the letter of the third may come.
    :param own_rites: days of their own, each at most once.
    :param birthdays_calendar: by which calendar they keep the birthday, where they ask for it.
    :param rites: a key of ``rites.RITES`` → a code of ``Calendar``.
    :param tradition: a code of ``Tradition``, or "" where nothing was ticked.
    """

    rites: Mapping[str, str]
    silent_days: Sequence[Day] = ()
    events: bool = True
    first_months: bool = True
    birthdays: bool = False
    birthdays_calendar: str = "SOLAR"
    own_rites: Sequence[Own] = ()
    counts_the_day: bool = True
    tradition: str = field(default="", repr=False)
    own_way: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWall:
    """What the public would read of one who gave: as which name, in which words, with which years."""

    name: str = field(repr=False)
    words: str = field(default="", repr=False)
    years_shown: bool = False
