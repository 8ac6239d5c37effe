"""Remember what stood further up in a sheet, in flat memory however long it is."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from dataclasses import dataclass, field
from typing import Final

_DIGEST_BYTES: Final = 16


def _table() -> sqlite3.Connection:
    table = sqlite3.connect("", isolation_level=None, check_same_thread=False)  # a file that ends with it
    table.execute("PRAGMA journal_mode = OFF")
    table.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY) WITHOUT ROWID")
    table.execute("BEGIN")
    return table


@dataclass(slots=True)
class Seen:
    """Values that were met. Only digests under a passing key are kept: nobody can be read from them."""

    _key: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    _table: sqlite3.Connection = field(default_factory=_table, repr=False)

    def add(self, value: str) -> bool:
        """Remember a value, and return whether it was met before."""
        digest = hashlib.blake2b(value.encode(), digest_size=_DIGEST_BYTES, key=self._key).digest()
        return self._table.execute("INSERT OR IGNORE INTO seen VALUES (?)", (digest,)).rowcount == 0
