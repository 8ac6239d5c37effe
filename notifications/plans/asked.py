"""What a family asked for, and what it is told: the day it asked, and how many people were helped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from notifications.plans.models import Touchpoint
from notifications.programmes.conditions import ASKED

GIFT_TOLD: Final = "gift_told"  # the step of family care that tells it
HELPED_MOST: Final = 99  # people by the gift of one; organs, tissue and corneas together [D]
_DAY: Final = "%Y%m%d"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about the gift: on which day, and the answer. It is the occasion of a touchpoint."""

    on: date
    helped: int

    @property
    def occasion(self) -> str:
        """Return what tells this question from others of the same family."""
        return f"{self.on:{_DAY}}:{self.helped}"


def of(touchpoint: Touchpoint) -> Asked | None:
    """Return what a touchpoint answers; None where nobody asked for it."""
    if ASKED not in touchpoint.step.conditions:
        return None
    day, _sep, helped = touchpoint.occasion.partition(":")
    try:
        return Asked(datetime.strptime(day, _DAY).date(), int(helped))  # noqa: DTZ007 - a day, no moment
    except ValueError:
        return None


def fields(touchpoint: Touchpoint) -> dict[str, Any]:
    """Return the merge fields that come with a touchpoint; none of them is personal."""
    asked = of(touchpoint)
    told = {"helped_count": str(asked.helped)} if asked else {}
    return {"on_date": touchpoint.on_date.isoformat(), **told}
