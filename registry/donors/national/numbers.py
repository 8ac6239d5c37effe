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
_RESIDENT_ID: Final = re.compile(
    r"\d{6}(19|20)\d{9}[\dX]"  # also a mistyped one
    r"|[1-8]\d{7}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}"  # of 15 digits, as given until 1999
)
_MOBILE: Final = re.compile(r"(86|0086)?1[3-9]\d{9}")
_BETWEEN: Final = re.compile(r"[./-]")
_LONGEST: Final = 40  # typed, with spaces
_LONGEST_KEPT: Final = 24  # what the register keeps


def spelt(text: str) -> str:
    """Return a number without spaces, its letters large, whether it can be one or not."""
    return normal.text(normal.text(text).upper().replace(" ", ""))


def check(text: str) -> str:
    """
    Return a number of the national register in one spelling, as somebody types it.

    :raises moves.Refused: if it cannot be one; an identity number or a mobile number is none.

    Source: none is published, so the form is wide: 4 to 24 letters and digits, with ``-``, ``.`` or
    ``/`` between them
    """
    number = spelt(text) if len(text) <= _LONGEST else ""
    if not _NUMBER.fullmatch(number):
        raise moves.Refused([_("A number of the national register has 4 to 24 letters and digits.")])
    _check_no_identity(number)
    _check_no_telephone(number)
    return number


def of_old(text: str) -> str:
    """
    Return a number of the records before in one spelling: nobody is left out for the form of theirs.

    Some have that of a mobile number.

    :raises moves.Refused: if it is too long to be kept, has characters nobody sees, or is an identity number.
    """
    number = spelt(text) if len(text) <= _LONGEST else ""
    if not (0 < len(number) <= _LONGEST_KEPT and number.isprintable()):
        raise moves.Refused([_("A number of the national register has at most 24 letters and digits.")])
    _check_no_identity(number)
    return number


def of_theirs(text: str) -> str:
    """
    Return a number of the register's own sheet in one spelling, whatever its form.

    :raises moves.Refused: if it is what stands in another column: a name, an identity or a mobile number.
    """
    number = of_old(text)
    if not any(map(str.isdecimal, number)):
        raise moves.Refused([_("A number of the national register has at most 24 letters and digits.")])
    _check_no_telephone(number)
    return number


def _check_no_telephone(number: str) -> None:
    if _MOBILE.fullmatch(_BETWEEN.sub("", number)):
        raise moves.Refused([_("This is a telephone number, not one of the national register.")])


def _check_no_identity(number: str) -> None:
    if _RESIDENT_ID.fullmatch(_BETWEEN.sub("", number)):
        raise moves.Refused([_("This is the number of an identity card, not of the national register.")])


def spellings(text: str) -> list[str]:
    """Return how the register may have a typed number, the records before included; none if it is none."""
    try:
        number = of_old(text)
    except moves.Refused:
        return []
    if not any(map(str.isdecimal, number)):
        return []  # a name
    return sorted({number, text.strip()})
