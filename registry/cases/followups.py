"""
When a donor is asked how they are after donating, what is asked, and what the answers mean.

Pure: dates, codes and numbers. Source: docs/sources.md#follow-up
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.donors.guards import months_later

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

_DAYS: Final = {"d2": 2, "d7": 7, "d30": 30, "d180": 180}
_YEARS: Final = tuple(range(1, 11))
KEYS: Final = (*_DAYS, *(f"y{year}" for year in _YEARS))
WITH_BLOOD_COUNT: Final = frozenset({"d30", *(f"y{year}" for year in _YEARS)})
YEARLY: Final = "yearly"  # the step of the programme that stands for all years
_GRACE: Final = timedelta(days=60)  # a link for the year that is about to be full may come before its day


def due_days(donated_on: date) -> dict[str, date]:
    """Return the day of each follow-up, in order; a year ends on the month's last day where it must."""
    days = {key: donated_on + timedelta(days=n) for key, n in _DAYS.items()}
    return days | {f"y{year}": months_later(donated_on, 12 * year) for year in _YEARS}


def key_of(step: str, *, donated_on: date, on: date) -> str:
    """
    Return the follow-up that a step of the programme asks about on a day, "" where it is none.

    The yearly step stands for the year that is full on that day, or will be within two months.
    """
    if step != YEARLY:
        return step if step in KEYS else ""
    full = [year for year in _YEARS if months_later(donated_on, 12 * year) - _GRACE <= on]
    return f"y{full[-1]}" if full else ""


def title_of(key: str) -> str:
    """Return what a follow-up is called."""
    words = _("Year %(n)s after donating") if key.startswith("y") else _("Day %(n)s after donating")
    return str(words) % {"n": key[1:]}


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its key, its words, and its answers in order, the best one first."""

    key: str
    words: StrPromise
    answers: tuple[tuple[str, StrPromise], ...]
    unwell: frozenset[str]  # answers after which somebody looks after the donor


_HOW_MUCH: Final = (
    ("none", pgettext_lazy("complaints", "None")),
    ("some", pgettext_lazy("complaints", "Some")),
    ("strong", pgettext_lazy("complaints", "Strong")),
)
_NO_YES: Final = (("no", pgettext_lazy("complaints", "No")), ("yes", pgettext_lazy("complaints", "Yes")))
_STRONG: Final = frozenset({"strong"})
_YES: Final = frozenset({"yes"})
QUESTIONS: Final = (
    Question("symptoms", _("Complaints of any kind"), _NO_YES, _YES),
    Question("fatigue", _("Tiredness"), _HOW_MUCH, _STRONG),
    Question("pain", _("Pain: bones, head, the place of the needle"), _HOW_MUCH, _STRONG),
    Question("bleeding", _("Bleeding or bruises"), _HOW_MUCH, frozenset({"some", "strong"})),
    Question("illness", _("A new illness since we last spoke"), _NO_YES, _YES),
    Question(
        "back",
        _("Back at work or school"),
        (("yes", _("Yes, as before")), ("partly", _("In part")), ("no", _("Not yet"))),
        frozenset(),
    ),
)


@dataclass(frozen=True, slots=True)
class Analyte:
    """One value of a blood count, its unit, and what is usual in adults by sex."""

    key: str
    words: StrPromise
    unit: str
    usual: Mapping[str, tuple[Decimal, Decimal]]  # "F" and "M"
    possible: tuple[Decimal, Decimal]  # beyond this it was typed in another unit


def _both(low: str, high: str) -> dict[str, tuple[Decimal, Decimal]]:
    return dict.fromkeys(("F", "M"), (Decimal(low), Decimal(high)))


# Source: WS/T 405-2012, reference intervals of the blood count of adults in China
BLOOD_COUNT: Final = (
    Analyte("wbc", _("White cells (WBC)"), "10⁹/L", _both("3.5", "9.5"), (Decimal("0.1"), Decimal(300))),
    Analyte(
        "hb",
        _("Haemoglobin (Hb)"),
        "g/L",
        {"F": (Decimal(115), Decimal(150)), "M": (Decimal(130), Decimal(175))},
        (Decimal(30), Decimal(250)),
    ),
    Analyte("plt", _("Platelets (PLT)"), "10⁹/L", _both("125", "350"), (Decimal(1), Decimal(2000))),
)


def unusual(labs: Mapping[str, Decimal], *, sex: str) -> list[str]:
    """Return the keys of the values outside what is usual for a sex; a value that is missing is none."""
    return [
        one.key
        for one in BLOOD_COUNT
        if one.key in labs
        and sex in one.usual
        and not one.usual[sex][0] <= labs[one.key] <= one.usual[sex][1]
    ]


def is_unwell(wellbeing: int, answers: Mapping[str, str], *, bad: int) -> bool:
    """
    Return whether somebody should look after the donor.

    :param wellbeing: 1 is very bad, 5 is very good.
    :param bad: the wellbeing at and below which that alone is enough.
    """
    complains = any(answers.get(one.key) in one.unwell for one in QUESTIONS)
    return wellbeing <= bad or complains
