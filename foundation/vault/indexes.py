"""Blind indexes: find an equal value without reading it. One key per column."""

from __future__ import annotations

from functools import lru_cache

from foundation import keyring
from foundation.vault import keys, normal, suites

# A bucket of names holds about eight people at a million rows: 2**17 buckets. A longer
# index would give the distribution of surnames away. Source: design/security.md section 1.
NAME_BITS = 17


def document(kind: str, number: str) -> str:
    """Return the full-length index of a document: its type and number. Unique per capacity."""
    return _full("document", f"{kind}|{normal.document(kind, number)}")


def phone(number: str) -> str:
    """Return the full-length index of a telephone number. Never unique: families share one."""
    return _full("phone", normal.phone(number))


def name(text: str) -> int:
    """Return the bucket of a name, 0 to 131,071; compare after opening."""
    return _bucket("name", normal.name(text))


def initials(letters: str) -> int:
    """Return the bucket of pinyin initials; ask only inside the reader's scope."""
    return _bucket("initials", normal.letters(letters))


def _full(column: str, value: str) -> str:
    return _mac(column, value).hex()


def _bucket(column: str, value: str) -> int:
    return int.from_bytes(_mac(column, value)[:4]) >> (32 - NAME_BITS)


def _mac(column: str, value: str) -> bytes:
    ring = keyring.current()
    key = _column_key(ring.indexes[ring.newest_index], column)
    return keys.suite().mac(key, value.encode())


@lru_cache(maxsize=16)
def _column_key(secret: bytes, column: str) -> bytes:
    return suites.derive(secret, f"blind-index|{column}")
