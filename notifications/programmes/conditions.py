"""Conditions a step may name. Each is asked of the facts, for the day the step would fall on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from notifications.programmes.planning import Facts

ELDERLY: Final = 60  # years of a parent from which 重阳 is kept; domain.md 7


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: its words on the programme's page, and whether it holds."""

    words: str | Promise
    check: Callable[[Facts, date], bool]


def _has_elderly_parent(facts: Facts, day: date) -> bool:
    return any(_years_at(born, day) >= ELDERLY for born in facts.parents_born)


def _marked(mark: str) -> Callable[[Facts, date], bool]:
    return lambda facts, _day: mark in facts.marks


def _graduates_this_year(facts: Facts, day: date) -> bool:
    graduates = facts.days.get("graduates_on")
    return graduates is not None and graduates.year == day.year


def _years_at(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


KNOWN: Final[dict[str, Condition]] = {
    "parent_60": Condition(_("a parent is 60 or older"), _has_elderly_parent),
    "birthdays": Condition(_("the family asked for birthdays"), _marked("birthdays")),
    "events": Condition(_("the family has not declined events"), _marked("events")),
    "graduates": Condition(_("they graduate this year"), _graduates_this_year),
    "not_rung": Condition(_("nobody rings them for the same"), _marked("not_rung")),
}


def holds(key: str, facts: Facts, day: date) -> bool:
    """
    Return whether a condition holds on a day.

    :raises KeyError: if there is no such condition.
    """
    return KNOWN[key].check(facts, day)
