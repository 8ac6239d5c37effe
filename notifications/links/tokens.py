"""
Tokens of links: 256 random bits, of which only a keyed hash is kept.

Behind them stands, in the open, which branch speaks: a page for a link that holds no more names its
landline, and is the same whether or not there was ever such a link.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from foundation.access.scopes import LEVEL_DIGITS

BYTES: Final = 32
_LENGTH: Final = 43  # of 32 bytes as base64 without padding
_FORM: Final = re.compile(rf"[A-Za-z0-9_-]{{{_LENGTH}}}[0-9a-z]{{0,24}}")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_SALT: Final = "notifications.links"


def new(branch_path: str) -> str:
    """Return a token that nobody can guess, with the mark of the branch that speaks."""
    return secrets.token_urlsafe(BYTES) + _short(branch_path)


def is_well_formed(token: str) -> bool:
    """Return whether this could be a token of ours."""
    return _FORM.fullmatch(token) is not None


def mark(token: str) -> str:
    """Return what is kept of a token. Without the server's secret none can be made for a row."""
    return salted_hmac(f"{_SALT}.mark", token, algorithm="sha256").hexdigest()


def signature(token: str, *, purpose: str, subject_id: UUID, matter: str, expires_at: datetime) -> str:
    """Sign what a link is for, so that no row can be turned into a link for something else."""
    said = "\0".join((token, purpose, str(subject_id), matter, f"{expires_at.timestamp():.0f}"))
    return salted_hmac(f"{_SALT}.row", said, algorithm="sha256").hexdigest()


def same(one: str, other: str) -> bool:
    """Compare in a time that tells nothing."""
    return constant_time_compare(one, other)


def branch_path(token: str) -> str:
    """Return the path of the branch that speaks, as the token says it; "" where it says none."""
    said = token[_LENGTH:]
    if not is_well_formed(token) or not said:
        return ""
    digits = str(int(said, len(_DIGITS)))
    return digits.zfill(-(-len(digits) // LEVEL_DIGITS) * LEVEL_DIGITS)


def _short(path: str) -> str:
    number, signs = int(path or "0"), ""
    while number:
        number, rest = divmod(number, len(_DIGITS))
        signs = _DIGITS[rest] + signs
    return signs
