"""Codes of notices and patients in one spelling; a person's own number or name is none. Pure."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _

from foundation.vault import normal
from registry.donors import documents

LONGEST: Final = 40
_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9./_-]*")
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
    if _MOBILE.fullmatch(code) or _is_identity(code):
        raise CodeProblem(_("This is a person's own number. Only codes are written down here."))
    return code


def _is_identity(code: str) -> bool:
    try:
        documents.check(documents.DocumentKind.RESIDENT_ID, code, fifteen=True)
    except documents.DocumentProblem:
        return False
    return True
