"""The form of a tube's barcode, however it was typed, scanned or pasted. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.utils.translation import gettext as _

_FORM: Final = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{4,18})[A-Z0-9]")
_DASHES: Final = dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")  # hyphens, dashes and the minus sign


class BarcodeProblem(ValueError):
    """What was scanned or typed is not a tube's barcode."""

    @property
    def sentences(self) -> list[str]:
        """Return the reason in the reader's words."""
        return [_("A tube's barcode has 6 to 20 letters, digits or dashes.")]


def check(text: str) -> str:
    """
    Return the one way to write a barcode: NFKC, capitals, no spaces.

    :raises BarcodeProblem: unless it has 6 to 20 letters, digits and inner dashes.
    """
    code = "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).upper().split())
    if not code.isascii() or not _FORM.fullmatch(code):
        raise BarcodeProblem
    return code
