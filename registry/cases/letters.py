"""Letters between donor and recipient: whether one may go on, from when on, and why it goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consent import gate
from consent.purposes import Purpose, Use
from registry.cases.models import Source

if TYPE_CHECKING:
    from registry.cases.models import MatchCase

RETURNED: Final = [
    ("NOT_WANTED", _("The reader does not want letters")),
    ("IDENTIFIES", _("It cannot be told without saying who they are")),
    ("HURTS", _("It would hurt who reads it")),
    ("DIED", _("The reader has died")),
    ("OTHER", _("Another reason")),
]
LEFT: Final = "LEFT"  # no choice of anybody's: the donor has left, and it goes back
REASONS: Final = {**dict(RETURNED), LEFT: _("The donor has left the registry")}
KINDS: Final = {
    "RECEIVED": "due",
    "SCREENED": "wait",
    "ASKED": "wait",
    "FORWARDED": "good",
    "RETURNED": "none",
}


def delay_days(source: str) -> int:
    """Return how long a letter waits by the route of its match; a search of our own is domestic."""
    days: dict[str, int] = settings.LETTER_DELAY_DAYS
    return days.get(source, days[Source.DOMESTIC])


def donor_wants_letters(case: MatchCase) -> bool:
    """Return whether the donor's consent to letters is in force, for this match or for all."""
    subject = case.donor.subject_id
    return any(
        gate.allows(subject, Purpose.LETTERS, matter=matter, use=Use.FORWARD_LETTERS)
        for matter in (str(case.pk), "")
    )
