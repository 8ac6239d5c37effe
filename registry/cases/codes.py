"""Codes of notices and patients in one spelling; a person's own number or name is none. Pure."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _

from foundation.vault import normal

LONGEST: Final = 40
_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9./_-]*")
_IDENTITY: Final = re.compile(r"\d{6}(19|20)\d{9}[\dX]|[1-8]\d{7}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}")
_MOBILE: Final = re.compile(r"(86|0086)?1[3-9]\d{9}")


class CodeProblem(ValueError):
    """A text cannot be a code."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentences = [sentence]


def check(text: str) -> str:
    """
    Return a code without spaces, its letters large.

    :raises CodeProblem: if it has other characters, or is the number of a person.
    """
    code = normal.text(text).upper().replace(" ", "")
    if not code or len(code) > LONGEST or not _CODE.fullmatch(code):
        raise CodeProblem(_("A code has letters and digits, and - . / _ between them; at most 40."))
    if _MOBILE.fullmatch(code) or _IDENTITY.fullmatch(code):
        raise CodeProblem(_("This is a person's own number. Only codes are written down here."))
    return code
