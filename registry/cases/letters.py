"""Why a letter between donor and recipient goes back, and how far one has come in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

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
