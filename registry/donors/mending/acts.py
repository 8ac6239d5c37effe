"""The acts that mend a record: each has an address and a page of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from foundation.access import Permission
from foundation.trail import Actor
from registry.donors.act import Act
from registry.donors.actions import parting
from registry.donors.models import Donor
from registry.donors.states import LIVE, NOT_IN_A_CASE, DonorState

P = Permission


def _elsewhere(_donor: Donor, _values: dict[str, Any], _by: Actor, _at: datetime) -> None:
    """The act's own page does it."""


ELSEWHERE: Final = (
    Act(
        "dispute-typing",
        P.TYPING_DISPUTE,
        _("Doubt the typing"),
        _("The donor goes back to the start, and everything that used the typing is told."),
        _("The typing is set aside."),
        _elsewhere,
        move="dispute_typing",
        states=(DonorState.TYPING, DonorState.TYPED, DonorState.LISTED, DonorState.ON_HOLD),
        danger=True,
        own_page=True,
    ),
    Act(
        "correct-identity",
        P.DONOR_CORRECT,
        _("Correct the identity"),
        _("Name, document, sex or birth date are not what the document says."),
        _("Corrected."),
        _elsewhere,
        own_page=True,
    ),
    Act(
        "move",
        P.DONOR_MOVE,
        _("Move to another branch"),
        _("Another branch looks after them, or counts them, from now on."),
        _("Moved."),
        _elsewhere,
        states=NOT_IN_A_CASE,
        own_page=True,
    ),
    Act(
        "ask-assist",
        P.DONOR_MOVE,
        _("Ask another branch for help"),
        _("Somebody there sees this one donor until it is done."),
        _("The branch was asked."),
        _elsewhere,
        states=LIVE,
        own_page=True,
    ),
    Act(
        "merge",
        P.DONOR_MERGE,
        _("Join with another record"),
        _("Two records of one person become one."),
        _("A second person was asked."),
        _elsewhere,
        own_page=True,
    ),
    Act(
        "unmerge",
        P.DONOR_MERGE,
        _("Two records were joined by mistake"),
        _("They are of two people. A second person agrees; then each has their own again."),
        _("A second person was asked."),
        _elsewhere,
        fits=lambda donor, at: not parting.lacks(donor, at=at),
        own_page=True,
    ),
)
