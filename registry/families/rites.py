"""The days a household may choose, under the keys of the steps of the family-care programme; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class RiteKind:
    """
    One day that can be ticked on the sheet.

    ``own_calendar``: the household says whether it keeps the day by the solar or the lunar date; the
    others have a date of their own.
    """

    key: str
    words: str | Promise
    hint: str | Promise = ""
    own_calendar: bool = False


# Source: domain.md section 7, "family care"
RITES: Final = (
    RiteKind("d7", _("Seventh day (头七)")),
    RiteKind("d35", _("Fifth week (五七)"), _("the 35th day")),
    RiteKind("d49", _("Seventh week (七七)"), _("the 49th day")),
    RiteKind("d100", _("Hundredth day (百日)")),
    RiteKind("anniversary", _("Anniversary of the death"), own_calendar=True),
    RiteKind("qingming", _("Qingming (清明)"), _("around 5 April")),
    RiteKind("chongyang", _("Chongyang (重阳)"), _("the 9th of the 9th lunar month")),
    RiteKind("zhongyuan", _("Zhongyuan (中元)"), _("the 15th of the 7th lunar month")),
    RiteKind("hanyi", _("Winter clothes (寒衣)"), _("the 1st of the 10th lunar month")),
    RiteKind(
        "spring_festival",
        _("Spring Festival"),
        _("quiet and without red for three years, then wishes for the year"),
    ),
)
# What comes unasked, unless the household does not want it. Whether every paper arrived is asked of all.
FIRST_MONTHS: Final = "first_months"
BY_KEY: Final = {rite.key: rite for rite in RITES}
