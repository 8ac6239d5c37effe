"""One sealed cell: what it looks like, and how it is bound to its row and column. No database."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from uuid import UUID

from foundation.vault import suites

VERSION = 1
_HEADER = struct.Struct(">BB16sI")  # version, suite, data-key id, seal version


class Erased:
    """The key of this value was destroyed: it can never be read again."""

    def __repr__(self) -> str:
        return "Erased"

    def __bool__(self) -> bool:
        return False


class Broken:
    """This value does not open: moved, altered, put back from the past, or of an unknown form."""

    def __repr__(self) -> str:
        return "Broken"

    def __bool__(self) -> bool:
        return False


ERASED = Erased()
BROKEN = Broken()


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """A sealed value as the column keeps it. It shows nothing of what it holds."""

    blob: bytes

    def __repr__(self) -> str:
        return "Sealed"

    @property
    def head(self) -> bytes:
        """What stands in clear before the ciphertext."""
        return self.blob[: _HEADER.size]

    @property
    def sealed(self) -> bytes:
        """Nonce, ciphertext and tag."""
        return self.blob[_HEADER.size :]

    @property
    def key_id(self) -> UUID | None:
        """The data key it was sealed under, or None when the header is not ours."""
        return header.key_id if (header := Header.read(self.blob)) else None


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in clear before the ciphertext."""

    suite: int
    key_id: UUID
    seal_version: int

    @classmethod
    def read(cls, blob: bytes) -> Header | None:
        """Return the header, or None when these are not bytes of ours."""
        if len(blob) < _HEADER.size:
            return None
        version, suite, key_id, seal_version = _HEADER.unpack_from(blob)
        if version != VERSION or suite not in suites.BY_NUMBER:
            return None
        return cls(suite, UUID(bytes=key_id), seal_version)

    def write(self) -> bytes:
        """Return the bytes of the header."""
        return _HEADER.pack(VERSION, self.suite, self.key_id.bytes, self.seal_version)


@dataclass(frozen=True, slots=True)
class Cell:
    """The place a value is sealed for: it opens nowhere else, and at no other version of its row."""

    table: str
    column: str
    row: str
    seal_version: int

    def bound_to(self, header: Header) -> bytes:
        """Return the associated data."""
        before, after = frame(header, self.table, self.row, self.seal_version)
        return f"{before}{self.column}{after}".encode()


def frame(header: Header, table: str, row: str, seal_version: int) -> tuple[str, str]:
    """
    Return what stands before and after the column in the associated data of a row's cells.

    Source: design/security.md section 1, NUL-separated.
    """
    before = f"{VERSION}\0{header.suite}\0{header.key_id}\0{table}\0"
    return before, f"\0{row}\0{seal_version}"


def seal_cell(suite: suites.Suite, key_id: UUID, secret: bytes, cell: Cell, plaintext: bytes) -> Sealed:
    """Return the value sealed for one cell."""
    header = Header(suite.number, key_id, cell.seal_version)
    return Sealed(header.write() + suite.seal(secret, plaintext, cell.bound_to(header)))


def open_cell(sealed: Sealed, secret: bytes, cell: Cell) -> bytes | Broken:
    """Return the bytes of one cell, or Broken."""
    header = Header.read(sealed.blob)
    if header is None or header.seal_version != cell.seal_version:
        return BROKEN
    suite = suites.BY_NUMBER[header.suite]
    try:
        return suite.open(secret, sealed.sealed, cell.bound_to(header))
    except suites.DoesNotOpen:
        return BROKEN
