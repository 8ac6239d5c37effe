"""The number that the national register gives a donor: its one spelling, and what cannot be one; pure."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import moves
from foundation.vault import normal

TAKEN: Final = gettext_lazy("This number is recorded for somebody else. Compare it once more.")
_NUMBER: Final = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9./-]{2,22}[A-Z0-9]")
_RESIDENT_ID: Final = re.compile(r"\d{6}(19|20)\d{9}[\dX]")  # also a mistyped one
_LONGEST: Final = 40  # typed, with spaces


def spelt(text: str) -> str:
    """Return a number without spaces, its letters large, whether it can be one or not."""
    return normal.text(text).upper().replace(" ", "")


def check(text: str) -> str:
    """
    Return a number of the national register in one spelling, whether somebody types it or a sheet brings it.

    :raises moves.Refused: if it cannot be one; an identity number is none.

    Source: none is published, so the form is wide: 4 to 24 letters and digits, with ``-``, ``.`` or
    ``/`` between them, as branches write it in the records before
    """
    number = spelt(text) if len(text) <= _LONGEST else ""
    if not _NUMBER.fullmatch(number):
        raise moves.Refused([_("A number of the national register has 4 to 24 letters and digits.")])
    if _RESIDENT_ID.fullmatch(number):
        raise moves.Refused([_("This is the number of an identity card, not of the national register.")])
    return number


def spellings(text: str) -> list[str]:
    """Return how the register may have a typed number, the records before included; none if it is none."""
    try:
        number = check(text)
    except moves.Refused:
        return []
    return sorted({number, text.strip()})
