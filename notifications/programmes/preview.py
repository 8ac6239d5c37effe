"""What a programme would plan for somebody invented, to whom everything happened on one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from notifications.programmes import days, planning, reckoning, words
from notifications.programmes.hundred import hundredth
from notifications.programmes.models import Audience, Programme
from notifications.programmes.planning import Facts
from registry.families.rites import BY_KEY, FIRST_MONTHS

_PARENT_YEARS: Final = 70  # of the invented parent on that day
_LIFE_YEARS: Final = 45  # of the invented one who gave


@dataclass(frozen=True, slots=True)
class Line:
    """One day of the preview."""

    on_date: date
    name: str
    ways: str
    release: str
    why: str  # a code: why it is left out; "" where it is not


def of(programme: Programme, asked: Mapping[str, Any], *, language: str) -> list[Line]:
    """
    Return the days of a programme for somebody invented.

    :param asked: ``day``, ``kept_by``, ``counts_the_day`` and ``years``, as the form gives them.
    """
    steps = list(programme.steps.order_by("order"))
    since: date = asked["day"]
    until = reckoning.add_months(since, 12 * asked["years"])
    found = planning.dates(steps, facts(programme, asked), since=since, until=until)
    return [
        Line(
            one.on_date,
            one.step.name_in(language),
            words.ways(one.step),
            words.release(one.step),
            one.why,
        )
        for one in found
    ]


def facts(programme: Programme, asked: Mapping[str, Any]) -> Facts:
    """Return what would be known of somebody who ticked every box of the sheet."""
    day: date = asked["day"]
    kept = dict.fromkeys(days.of(programme.audience), day)
    if "born_on" in kept:
        kept["born_on"] = reckoning.solar_anniversary(day, -_LIFE_YEARS)
    kept["graduates_on"] = reckoning.solar_anniversary(day, 1)
    quiet = hundredth(day, counts_the_day=asked["counts_the_day"])
    return Facts(
        days=kept,
        chosen=dict.fromkeys([*BY_KEY, days.BIRTHDAY], asked["kept_by"]),
        counts_the_day=asked["counts_the_day"],
        parents_born=(reckoning.solar_anniversary(day, -_PARENT_YEARS),),
        own=(planning.OwnDay(day.month, day.day),),
        marks=frozenset({FIRST_MONTHS, "birthdays", "events", "not_rung", "goes_on"}),
        quiet_until=quiet if programme.audience == Audience.FAMILY else None,
    )
