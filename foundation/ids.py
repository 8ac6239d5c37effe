"""Primary keys that are made before the insert and sort by the moment they were made."""

import secrets
import time
from uuid import UUID


def uuid7() -> UUID:
    """
    Return a new UUID version 7: 48 bits of milliseconds, then 74 random bits.

    Source: RFC 9562 section 5.7; Python 3.11 and PostgreSQL 15 have none.
    """
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
