"""What a link is for: exactly one thing."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.vault import Capacity


class Purpose(models.TextChoices):
    """The one act a link allows. Source: messaging.md, "Plans", self-service"""

    CONFIRM = "CONFIRM", _("Say whether the contact details are right")
    PAUSE = "PAUSE", _("Pause until a day")
    PHONE = "PHONE", _("Leave a new number")
    ONLY_IF_MATCHED = "ONLY_IF_MATCHED", _("Be called only after a match")
    WITHDRAW = "WITHDRAW", _("Leave the register")
    CONSENTS = "CONSENTS", _("See what was agreed to")
    STOP = "STOP", _("Stop the messages of one way")
    REPLY = "REPLY", _("Answer an invitation")
    FOLLOW_UP = "FOLLOW_UP", _("Say how they are after donating")
    WALL = "WALL", _("Look at the page for the memorial wall")


# For volunteers alone; the others for everybody whom we write to.
OF_DONORS: Final = frozenset(
    {
        Purpose.CONFIRM,
        Purpose.PAUSE,
        Purpose.ONLY_IF_MATCHED,
        Purpose.WITHDRAW,
        Purpose.FOLLOW_UP,
    }
)
OF_RELATIVES: Final = frozenset({Purpose.WALL})
# What somebody may ask for at the desk or by telephone; the others belong to a message or an occasion.
ON_REQUEST: Final = (
    Purpose.CONSENTS,
    Purpose.CONFIRM,
    Purpose.PHONE,
    Purpose.PAUSE,
    Purpose.ONLY_IF_MATCHED,
    Purpose.STOP,
    Purpose.WITHDRAW,
    Purpose.WALL,
)
# Nothing is told by them, so nobody is asked who they are: stopping must be as easy as a reply of "T".
WITHOUT_A_FACT: Final = frozenset({Purpose.STOP})
# Who has left may still read what stopped, and stop what should not come any more.
AFTER_LEAVING: Final = frozenset({Purpose.WITHDRAW, Purpose.STOP})
# To which of these somebody who has shown who they are may go on from another page.
WAVERING: Final = (Purpose.ONLY_IF_MATCHED, Purpose.PAUSE, Purpose.WITHDRAW)
GO_ON: Final[dict[Purpose, tuple[Purpose, ...]]] = {
    Purpose.CONFIRM: (Purpose.PHONE, *WAVERING, Purpose.CONSENTS),
    Purpose.PHONE: (Purpose.CONFIRM, *WAVERING),
    Purpose.PAUSE: (Purpose.ONLY_IF_MATCHED, Purpose.WITHDRAW),
    Purpose.ONLY_IF_MATCHED: (Purpose.PAUSE, Purpose.WITHDRAW),
    Purpose.WITHDRAW: (Purpose.ONLY_IF_MATCHED, Purpose.PAUSE),
    Purpose.CONSENTS: (Purpose.CONSENTS, Purpose.ONLY_IF_MATCHED, Purpose.PAUSE),
    Purpose.FOLLOW_UP: (Purpose.PHONE,),
}
ASKED_FOR: Final = "link_asked"  # the merge field for whichever of them somebody asked for
# The merge fields of wordings that are links. Source: notifications/wordings/fields.py
FIELDS: Final[dict[str, Purpose]] = {
    "link_confirm": Purpose.CONFIRM,
    "link_pause": Purpose.PAUSE,
    "link_phone": Purpose.PHONE,
    "link_only_if_matched": Purpose.ONLY_IF_MATCHED,
    "link_withdraw": Purpose.WITHDRAW,
    "link_consents": Purpose.CONSENTS,
    "link_stop": Purpose.STOP,
    "link_event": Purpose.REPLY,
    "link_questions": Purpose.FOLLOW_UP,
}


def fits(purpose: Purpose, capacity: str) -> bool:
    """Return whether a person in this capacity can have such a link."""
    if capacity == Capacity.VISITOR:  # of a service message: they answer T, or ring
        return False
    if purpose in OF_RELATIVES:
        return capacity == Capacity.RELATIVE
    return capacity == Capacity.DONOR or purpose not in OF_DONORS
