"""The registry's number of a donor, in the shape of the WMDA's GRID.

Four digits of the issuing organisation, thirteen characters of ours, two check
digits. The thirteen are random: a number tells nobody how many donors there are,
nor who came before whom.

Source: ISBT 128 Standard ST-015 (GRID rules); check value by ISO/IEC 7064, MOD 37-2,
written as two digits. docs/sources.md#grid
"""

from __future__ import annotations

import secrets

from django.conf import settings

_VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
# Without I, L, O, U, which are misread or misheard; 32, so that a byte falls on each as often.
_SPOKEN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 19


def check_value(text: str) -> int:
    """Return the ISO/IEC 7064 MOD 37-2 value of digits and capital letters, 0 to 36."""
    total = 0
    for character in text:
        total = (total + _VALUES.index(character)) * 2 % 37
    return (38 - total) % 37


def new() -> str:
    """Return a fresh number; uniqueness is the database's to promise."""
    body = "".join(_SPOKEN[byte % len(_SPOKEN)] for byte in secrets.token_bytes(13))
    stem = f"{settings.GRID_ISSUER}{body}"
    return f"{stem}{check_value(stem):02d}"


def is_valid(text: str) -> bool:
    """Return whether a text, without spaces, is a number with the right check digits."""
    if len(text) != LENGTH or any(c not in _VALUES[:-1] for c in text):
        return False
    return text[:4].isdigit() and text[17:] == f"{check_value(text[:17]):02d}"


def normal(text: str) -> str:
    """Return what was typed without spaces and hyphens, in capitals."""
    return "".join(text.split()).replace("-", "").upper()


def spaced(grid: str) -> str:
    """Return the number in groups of four, as it is printed and read aloud."""
    return " ".join(grid[i : i + 4] for i in range(0, len(grid), 4))
