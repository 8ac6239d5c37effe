"""Primary keys that are made before the insert and sort by the moment they were made."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """
    Return a new UUID version 7: milliseconds, the fraction of the millisecond, then 62 random bits.

    The fraction keeps two that one process makes one after the other in that order, so
    that steps of the same moment are listed as they were made.

    Source: RFC 9562 section 5.7, method 3 of 6.2; Python 3.11 and PostgreSQL 15 have none.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    chance = int.from_bytes(os.urandom(8)) >> 2
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | chance
    return UUID(int=value)


def is_uuid7(text: str) -> bool:
    """Return whether a text is a UUID of version 7, as every key of ours is."""
    try:
        return UUID(text).version == 7  # noqa: PLR2004 the version
    except ValueError:
        return False
