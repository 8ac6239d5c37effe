"""
Find the days of a programme's steps for one household or one person.

Pure: no database, no clock. What it is told of people are dates and marks, never names. The same
facts give the same days, so that planning twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, Protocol

from notifications.programmes import conditions
from notifications.programmes.reckoning import (
    add_months,
    clamped,
    lunar_anniversary,
    lunar_day,
    lunar_of,
    solar_anniversary,
    solar_term,
    worked,
)

SOLAR: Final = "SOLAR"
LUNAR: Final = "LUNAR"
SILENT: Final = "silent_day"
BEFORE_HUNDRED: Final = "before_hundred"
_FOR_EVER: Final = 9_999  # years


class StepLike(Protocol):
    """What planning reads of a step; see ``models.ProgrammeStep``."""

    key: str
    rule: str
    base: str
    offset_days: int
    offset_months: int
    counts_the_day: bool
    first_year: int
    last_year: int
    month: int
    day: int
    term: str
    conditions: list[str]
    only_if_chosen: bool
    asks: bool
    on_working_day: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """A day on which a family wants no word; without a year, that day of every year."""

    month: int
    day: int
    year: int | None = None
    calendar: str = SOLAR

    def holds_on(self, day: date) -> bool:
        """
        Return whether a day is this one, or the last of its month where that month is shorter.

        The eve of the lunar new year is the twenty-ninth in some years.
        """
        if self.calendar == LUNAR:
            kept = lunar_of(day)
            ends = kept.day < self.day and lunar_of(day + timedelta(days=1)).day == 1
            same = kept.month == self.month and (kept.day == self.day or ends)
            return same and self.year in (None, kept.year)
        return day == clamped(day.year, self.month, self.day) and self.year in (None, day.year)


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day that a family named itself; without a year, that day of every year."""

    month: int
    day: int
    year: int | None = None
    calendar: str = SOLAR

    def occasion(self, year: int) -> str:
        """Return what tells this day of a year from the others."""
        return f"{self.calendar[0]}{self.month:02}{self.day:02}:{year}"


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What planning knows of a household or a person.

    :param days: a day by its name: ``died_on``, ``listed_on``. What is not known is left out.
    :param chosen: the rites ticked on the sheet, each with the calendar it is kept by.
    :param counts_the_day: whether the region counts the day of death as the first.
    :param parents_born: when the living parents of the one who gave were born, where it is known.
    :param own: the days that the family named itself.
    :param marks: what else is so, as ``birthdays``; see ``conditions``.
    :param quiet_until: the hundredth day of the bereaved.
    """

    days: Mapping[str, date] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    counts_the_day: bool = True
    parents_born: tuple[date, ...] = ()
    marks: frozenset[str] = frozenset()
    silent: tuple[Silence, ...] = ()
    own: tuple[OwnDay, ...] = ()
    quiet_until: date | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """
    One touchpoint: its day, and why it is left out, if it is.

    ``occasion`` tells the times of a recurring step apart: the year, or which anniversary.
    """

    key: str
    occasion: str
    on_date: date
    step: Any  # as it was given
    why: str = ""


def dates(steps: Iterable[StepLike], facts: Facts, *, since: date, until: date) -> list[Planned]:
    """
    Return the touchpoints of a programme within a span, both ends included, by their days.

    A day the family wants to be left alone on is not moved: the touchpoint is left out and says why.

    :raises KeyError: if a step names a condition there is not.

    Source: domain.md section 7
    """
    found = [
        planned for step in steps if _is_kept(step, facts) for planned in _of_step(step, facts, since, until)
    ]
    return sorted(found, key=lambda planned: (planned.on_date, planned.key, planned.occasion))


def _is_kept(step: StepLike, facts: Facts) -> bool:
    """Return whether a step concerns these people at all: rites start empty."""
    return not step.only_if_chosen or step.key in facts.chosen


def _of_step(step: StepLike, facts: Facts, since: date, until: date) -> Iterator[Planned]:
    for occasion, day in _DAYS_OF[str(step.rule)](step, facts, since, until):
        moved = worked(day) if step.on_working_day else day
        if since <= moved <= until and all(conditions.holds(one, facts, moved) for one in step.conditions):
            yield Planned(step.key, occasion, moved, step, _left_out(step, facts, moved))


def _left_out(step: StepLike, facts: Facts, day: date) -> str:
    if any(silence.holds_on(day) for silence in facts.silent):
        return SILENT
    early = facts.quiet_until is not None and day < facts.quiet_until
    return BEFORE_HUNDRED if step.asks and early else ""


def _after(step: StepLike, facts: Facts, _since: date, _until: date) -> Iterator[tuple[str, date]]:
    """
    So many days after a day.

    Counting the first day as one, the seventh is D+6; a region that does not has D+7.
    """
    base = facts.days.get(step.base)
    if base is not None:
        shift = step.counts_the_day and not facts.counts_the_day
        yield "", add_months(base, step.offset_months) + timedelta(days=step.offset_days + shift)


def _every_year(step: StepLike, facts: Facts, since: date, until: date) -> Iterator[tuple[str, date]]:
    """
    Anniversaries of a day, by the calendar the family keeps it by.

    They are told apart by their number and not by the year: a lunar one may fall twice in a solar year or
    not at all, and a family that changes its calendar keeps the same ones on other days.
    """
    base = facts.days.get(step.base)
    if base is None:
        return
    by_moon = facts.chosen.get(step.key) == LUNAR
    first = max(step.first_year, 1, since.year - base.year - 1)
    last = min(step.last_year or until.year, until.year - base.year + 1)
    for number in range(first, last + 1):
        day = lunar_anniversary(base, number) if by_moon else solar_anniversary(base, number)
        yield str(number), day + timedelta(days=step.offset_days)


def _each_year(step: StepLike, facts: Facts, since: date, until: date) -> Iterator[tuple[str, date]]:
    """
    A day of the lunar year, a solar term, or a day of the solar year.

    With a base only those after it, and ``first_year`` and ``last_year`` count these: the first is 1.
    """
    base = facts.days.get(step.base) if step.base else None
    if step.base and base is None:
        return
    before = _year_before(step, base) if base else 0
    for year in range(since.year - 1, until.year + 2):
        day = _day_in(step, year) + timedelta(days=step.offset_days)
        if base is None or _is_among_its_times(step, base, day, number=year - before):
            yield str(year), day


def _year_before(step: StepLike, base: date) -> int:
    """Return the year before the one in which the touchpoint of a day first comes after a base."""
    after = base - timedelta(days=step.offset_days)
    return next(year for year in range(after.year - 2, after.year + 1) if _day_in(step, year + 1) > after)


def _is_among_its_times(step: StepLike, base: date, day: date, *, number: int) -> bool:
    """
    Return whether a touchpoint is one of the times that its step is for.

    The fourth is the fourth only once three years have passed: a New Year two days after a death counts,
    and the family is still greeted quietly two days before the third anniversary.

    Source: docs/sources.md#years-of-quiet
    """
    years = day.year - base.year
    passed = years if solar_anniversary(base, years) <= day else years - 1
    return max(step.first_year, 1) <= min(number, passed + 1) <= (step.last_year or _FOR_EVER)


def _their_own(step: StepLike, facts: Facts, since: date, until: date) -> Iterator[tuple[str, date]]:
    """The days that the family named itself, of every year or of one."""
    for own in facts.own:
        for year in range(since.year - 1, until.year + 2) if own.year is None else (own.year,):
            by_moon = own.calendar == LUNAR
            day = lunar_day(own.month, own.day, year) if by_moon else clamped(year, own.month, own.day)
            yield own.occasion(year), day + timedelta(days=step.offset_days)


def _day_in(step: StepLike, year: int) -> date:
    if step.rule == "TERM":
        return solar_term(step.term, year)
    if step.rule == "LUNAR":
        return lunar_day(step.month, step.day, year)
    return clamped(year, step.month, step.day)


_DAYS_OF: Final[Mapping[str, Callable[[StepLike, Facts, date, date], Iterator[tuple[str, date]]]]] = {
    "OFFSET": _after,
    "YEARLY": _every_year,
    "LUNAR": _each_year,
    "TERM": _each_year,
    "SOLAR": _each_year,
    "OWN": _their_own,
}
