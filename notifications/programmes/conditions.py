"""
Conditions a step may name. Each is asked of the facts, for the day the step would fall on.

Some choose people too: a step for elderly parents goes to these, and to nobody else of the household.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.families.rites import FIRST_MONTHS

if TYPE_CHECKING:
    from notifications.programmes.planning import Facts

ELDERLY: Final = 60  # years of a parent from which 重阳 is kept; domain.md 7
_FAMILY: Final = "FAMILY"
_DONOR: Final = "DONOR"
ASKED: Final = "asked"  # planning neither makes such a touchpoint nor takes it away: a person does


class Relative(Protocol):
    """What is asked of somebody of a household: `registry.families.models.Member` is one."""

    @property
    def kin(self) -> str: ...
    @property
    def born_on(self) -> date | None: ...


def _anybody(_relative: Relative, _day: date) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Condition:
    """
    One condition: its words on the programme's page, whether it holds, and of whom of the household.

    ``of`` says for whom it can be true at all: a family never graduates.
    """

    words: str | Promise
    of: str  # a code of Audience
    check: Callable[[Facts, date], bool]
    concerns: Callable[[Relative, date], bool] = _anybody


def _has_elderly_parent(facts: Facts, day: date) -> bool:
    return any(_years_at(born, day) >= ELDERLY for born in facts.parents_born)


def _is_elderly_parent(relative: Relative, day: date) -> bool:
    born = relative.born_on
    return relative.kin == "PARENT" and born is not None and _years_at(born, day) >= ELDERLY


def _chosen(rite: str) -> Callable[[Facts, date], bool]:
    """Return whether a rite was ticked, for a second step that keeps the same one."""
    return lambda facts, _day: rite in facts.chosen


def _marked(mark: str) -> Callable[[Facts, date], bool]:
    return lambda facts, _day: mark in facts.marks


def _never(_facts: Facts, _day: date) -> bool:
    return False


def _graduates_this_year(facts: Facts, day: date) -> bool:
    graduates = facts.days.get("graduates_on")
    return graduates is not None and graduates.year == day.year


def _years_at(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


KNOWN: Final[dict[str, Condition]] = {
    "parent_60": Condition(_("a parent is 60 or older"), _FAMILY, _has_elderly_parent, _is_elderly_parent),
    "spring_festival": Condition(
        _("the family keeps the Spring Festival"), _FAMILY, _chosen("spring_festival")
    ),
    "birthdays": Condition(_("the family asked for birthdays"), _FAMILY, _marked("birthdays")),
    "events": Condition(_("the family has not declined events"), _FAMILY, _marked("events")),
    FIRST_MONTHS: Condition(
        _("the family has not declined the first months"), _FAMILY, _marked(FIRST_MONTHS)
    ),
    "graduates": Condition(_("they graduate this year"), _DONOR, _graduates_this_year),
    "not_rung": Condition(_("nobody rings them for the same"), _DONOR, _marked("not_rung")),
    ASKED: Condition(_("only when somebody of them asks for it"), _FAMILY, _never),
    "goes_on": Condition(_("their register does not end soon"), _DONOR, _marked("goes_on")),
}
# What can be asked of everybody on the register at once; see ``notifications.retention.audience``.
OF_EVERYBODY: Final = frozenset({"not_rung", "graduates", "goes_on"})


def holds(key: str, facts: Facts, day: date) -> bool:
    """
    Return whether a condition holds on a day.

    :raises KeyError: if there is no such condition.
    """
    return KNOWN[key].check(facts, day)


def concern(keys: Iterable[str], relative: Relative, day: date) -> bool:
    """
    Return whether a step with these conditions is for somebody of the household.

    :raises KeyError: if there is no such condition.
    """
    return all(KNOWN[key].concerns(relative, day) for key in keys)
