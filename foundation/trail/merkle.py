"""Hashes of the trail: leaves, roots of batches, and what is signed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

LEAF, NODE, BATCH = b"\x00", b"\x01", b"\x02"  # RFC 6962 section 2.1: no node can pass for a leaf
NOTHING = "0" * 64  # the root before the first batch


class RowBytes(NamedTuple):
    """The fields of a row that its leaf covers, as they are stored."""

    id: str  # 32 hexadecimal digits
    at: str
    branch: str
    object: str
    verb: str
    by_id: str
    body: bytes


def leaf_of(row: RowBytes) -> str:
    """
    Return the SHA-256 of a row's fields, NUL between them, the body last.

    No field but the body can hold a NUL, so two rows never share their bytes.
    """
    head = "\0".join(row[:6])
    return sha256(LEAF + head.encode() + b"\0" + row.body).hexdigest()


def root_of(leaves: Sequence[str]) -> bytes:
    """Return the Merkle root of leaves; an odd one out goes up as it is."""
    level = [bytes.fromhex(leaf) for leaf in leaves]
    while len(level) > 1:
        odd = [level[-1]] if len(level) % 2 else []
        pairs = zip(level[0::2], level[1::2], strict=False)
        level = [sha256(NODE + left + right).digest() for left, right in pairs] + odd
    return level[0]


def batch_root(*, number: int, first: int, last: int, previous: str, tree: bytes) -> str:
    """Return the root of a batch: its number, its run of positions, the root before it, and its tree."""
    head = f"{number}|{first}|{last}|{previous}".encode()
    return sha256(BATCH + head + b"\0" + tree).hexdigest()


def signed_text(*, number: int, first: int, last: int, sealed_at: str, previous: str, root: str) -> bytes:
    """Return the bytes that the signature of a batch covers."""
    return f"life-relay-trail|{number}|{first}|{last}|{sealed_at}|{previous}|{root}".encode()
