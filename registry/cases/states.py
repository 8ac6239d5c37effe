"""The states of a match case, the columns of the board, and which of them keep a donor."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseState(models.TextChoices):
    """Where a match stands. Source: docs/sources.md#case-states."""

    WAITING = "WAITING", _("Waits behind another match")
    NOTIFIED = "NOTIFIED", _("Notice received")
    CONTACTING = "CONTACTING", _("Reaching the donor")
    REMOBILISED = "REMOBILISED", _("Told of the match")
    HR_AGREED = "HR_AGREED", _("Agreed to typing again")
    HR_SAMPLED = "HR_SAMPLED", _("Sample for typing again")
    HR_LAB = "HR_LAB", pgettext_lazy("case", "At the laboratory")
    HR_MATCHED = "HR_MATCHED", _("Match confirmed")
    TC_DECISION = "TC_DECISION", _("Hospital decides")
    WORKUP = "WORKUP", _("Work-up")
    SCHEDULED = "SCHEDULED", _("Dates set")
    CONDITIONING = "CONDITIONING", _("Conditioning has begun")
    MOBILISING = "MOBILISING", _("Donor prepared")
    COLLECTING = "COLLECTING", _("Collecting")
    HANDED_OVER = "HANDED_OVER", _("Handed over")
    DONATED = "DONATED", pgettext_lazy("case", "Donated")
    POSTPONED = "POSTPONED", _("Postponed")
    CLOSED = "CLOSED", pgettext_lazy("case", "Closed")


S = CaseState
THE_WAY: Final = (
    S.NOTIFIED, S.CONTACTING, S.REMOBILISED, S.HR_AGREED, S.HR_SAMPLED, S.HR_LAB, S.HR_MATCHED,
    S.TC_DECISION, S.WORKUP, S.SCHEDULED, S.CONDITIONING, S.MOBILISING, S.COLLECTING, S.HANDED_OVER,
    S.DONATED,
)  # fmt: skip
OVER: Final = frozenset({S.CLOSED, S.DONATED})
ACTIVE: Final = tuple(state for state in S if state not in {S.WAITING, *OVER})  # keeps the donor
OPEN: Final = tuple(state for state in S if state not in OVER)
# From here on stopping endangers the patient, until the cells are there. Source: domain.md section 3
RED_ZONE: Final = (S.CONDITIONING, S.MOBILISING, S.COLLECTING)
CAN_BE_POSTPONED: Final = (S.HR_MATCHED, S.TC_DECISION, S.WORKUP, S.SCHEDULED)
RETURNS_TO: Final = (S.HR_MATCHED, S.TC_DECISION, S.WORKUP)  # whose days were set goes on in the work-up
FROM_WORK_UP: Final = (
    S.WORKUP,
    S.SCHEDULED,
    *RED_ZONE,
    S.HANDED_OVER,
    S.DONATED,
)  # the hospital knows the name
BOARD: Final = {  # the columns of the board; a postponed case stands in the column it returns to
    "contact": (_("Contact"), (S.NOTIFIED, S.CONTACTING, S.REMOBILISED)),
    "typing": (_("Typing"), (S.HR_AGREED, S.HR_SAMPLED, S.HR_LAB, S.HR_MATCHED, S.TC_DECISION)),
    "work_up": (_("Work-up"), (S.WORKUP, S.SCHEDULED)),
    "donation": (_("Donation"), (*RED_ZONE, S.HANDED_OVER)),
    "after": (_("After"), (S.DONATED,)),
}


def reached(state: str, at_least: CaseState) -> bool:
    """Return whether a state of the way lies at or behind another; False for states beside the way."""
    return state in THE_WAY and THE_WAY.index(CaseState(state)) >= THE_WAY.index(at_least)
