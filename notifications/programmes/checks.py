"""What is wrong with a programme, as far as its own steps tell. A version with a problem is never used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.calendar import Term
from notifications.channel_names import BY_A_PERSON, BY_MACHINE, Channel
from notifications.programmes import alarms, conditions, days
from registry.families.rites import BY_KEY

if TYPE_CHECKING:
    from notifications.programmes.models import Programme, ProgrammeStep

LANGUAGES: Final = ("zh-hans", "zh-hant", "en")
# Whom it must not reach is asked when it is planned and sent; what can never be right is refused here.
_LEAP_YEAR: Final = 2024
_LUNAR_MONTH_DAYS: Final = 30
KEY: Final = re.compile(r"^[a-z][a-z0-9_]{0,31}$")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: at which step, or at the programme as a whole."""

    words: str | Promise
    step: str = ""


def problems(programme: Programme, steps: Sequence[ProgrammeStep]) -> list[Problem]:
    """Return what its own steps tell; see ``queries.problems`` for everything that is asked."""
    found = list(_of_the_whole(programme, steps))
    for step in steps:
        found.extend(Problem(words, step.key) for words in _of_a_step(programme, step))
    return found


def _of_the_whole(programme: Programme, steps: Sequence[ProgrammeStep]) -> Iterator[Problem]:
    if not steps:
        yield Problem(_("It has no step."))
    if any(not programme.names.get(language) for language in LANGUAGES):
        yield Problem(_("Its name is missing in one of the three languages."))
    for key, times in Counter(step.key for step in steps).items():
        if times > 1:
            yield Problem(_("Two steps have the same code."), key)
    if programme.audience == "FAMILY" and not programme.bereaved:
        yield Problem(_("A programme for families is one for the bereaved."))
    if programme.for_everybody and programme.audience != "DONOR":
        yield Problem(_("Only a programme for donors is kept for everybody on the register."))
    if programme.audience == "STAFF":
        yield from map(Problem, alarms.of_the_whole(steps))


def _of_a_step(programme: Programme, step: ProgrammeStep) -> Iterator[str | Promise]:
    yield from _of_its_names(step)
    yield from _of_its_day(programme, step)
    yield from _of_its_ways(programme, step)
    if unknown := [one for one in step.conditions if one not in conditions.KNOWN]:
        yield _("There is no such condition: {names}.").format(names=", ".join(unknown))
    elif strange := [one for one in step.conditions if conditions.KNOWN[one].of != programme.audience]:
        yield _("This is never so of these people: {names}.").format(names=", ".join(strange))
    if step.only_if_chosen and not (programme.audience == "FAMILY" and step.key in BY_KEY):
        yield _("The sheet has no such box, so that nobody can choose it.")
    if programme.bereaved:
        yield from _for_the_bereaved(step)
    if programme.for_everybody:
        yield from _for_everybody(step)


def _of_its_names(step: ProgrammeStep) -> Iterator[str | Promise]:
    if not KEY.match(step.key):
        yield _("A code has small letters, digits and _ only.")
    if any(not step.names.get(language) for language in LANGUAGES):
        yield _("Its name is missing in one of the three languages.")


def _of_its_day(programme: Programme, step: ProgrammeStep) -> Iterator[str | Promise]:
    if programme.audience == "STAFF":
        yield from alarms.of_a_step(step)
        return
    if step.rule in alarms.CALLS:
        yield _("Only staff on duty are called so.")
    if step.rule in {"OFFSET", "YEARLY"} and not step.base:
        yield _("It does not say from which day it counts.")
    if step.base and step.base not in days.of(programme.audience):
        yield _("There is no such day to count from for these people.")
    if step.rule == "TERM" and step.term not in set(Term):
        yield _("There is no such solar term.")
    if step.rule in {"LUNAR", "SOLAR"} and not _is_a_day(step):
        yield _("The year has no such day.")
    if step.last_year and step.last_year < step.first_year:
        yield _("It ends before it begins.")


def _of_its_ways(programme: Programme, step: ProgrammeStep) -> Iterator[str | Promise]:
    if not step.channels:
        yield _("It has no way to reach anybody.")
    if unknown := [one for one in step.channels if one not in Channel.values]:
        yield _("There is no such way: {names}.").format(names=", ".join(unknown))
    if set(step.channels) & {str(one) for one in BY_MACHINE} and not step.wording:
        yield _("What the program sends needs its words.")
    if step.at_least_once and not programme.service:
        yield _("Only a service message may be sent again when it is not clear whether it arrived.")


def _for_the_bereaved(step: ProgrammeStep) -> Iterator[str | Promise]:
    """
    Source: domain.md section 7: before 百日 only calls, visits, letters, each released by a person;
    no survey, appeal or fundraising.
    """
    if step.at_least_once:
        yield _("The bereaved are never sent the same twice.")
    if not may_fall_early(step):
        return
    machines = [one for one in step.channels if one not in BY_A_PERSON]
    if step.rule == "OFFSET" and machines:
        yield _("Before the hundredth day only a call, a visit or a letter is possible.")
    elif machines and len(machines) == len(step.channels):
        yield _("It can fall before the hundredth day: name a call, a visit or a letter too.")
    if not step.needs_approval:
        yield _("It can fall before the hundredth day: a person releases it.")
    if step.asks and step.rule == "OFFSET":
        yield _("Nothing is asked before the hundredth day.")


def _for_everybody(step: ProgrammeStep) -> Iterator[str | Promise]:
    if any(one in BY_A_PERSON for one in step.channels):
        yield _("Everybody on the register is written to by the program; calls stand on the call lists.")
    if step.needs_approval:
        yield _("Nobody can release a message to everybody one by one. Its words are approved instead.")
    if step.rule not in {"OFFSET", "YEARLY"} and not (step.rule == "SOLAR" and step.conditions):
        yield _("For everybody a step counts from a day of each person.")
    if step.base and step.base not in days.OF_EVERYBODY:
        yield _("This day is not looked up for everybody on the register.")
    if unknown := [one for one in step.conditions if one not in conditions.OF_EVERYBODY]:
        yield _("This is not asked of everybody on the register: {names}.").format(names=", ".join(unknown))


def may_fall_early(step: ProgrammeStep) -> bool:
    """Return whether a step can fall before the hundredth day after a death."""
    if step.rule == "YEARLY" and step.base != "born_on":
        return step.offset_days < -_quiet()
    if step.rule != "OFFSET":
        return step.first_year <= 1
    if step.base not in {"died_on", "gave_on"}:
        return True
    shortest_month = 28
    return step.offset_months * shortest_month + step.offset_days < _quiet()


def _quiet() -> int:
    return int(settings.BEREAVED_QUIET_DAYS)


def _is_a_day(step: ProgrammeStep) -> bool:
    if step.rule == "LUNAR":
        return 1 <= step.month <= 12 and 1 <= step.day <= _LUNAR_MONTH_DAYS  # noqa: PLR2004 months
    try:
        date(_LEAP_YEAR, step.month, step.day)
    except ValueError:
        return False
    return True
