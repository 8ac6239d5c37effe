"""Hashes of the trail: leaves, roots of batches, and what is signed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

BATCH = b"\x02"  # a leaf begins with 0 (RFC 6962 section 2.1): no node can pass for one
NOTHING = "0" * 64  # the root before the first batch


def head_of(*, at: str, branch: str, object: str, verb: str, by_id: str) -> str:  # noqa: A002 - the column's name
    """Return the clear fields of a row as one text, with tabs between: none of them may hold a tab."""
    return f"{at}\t{branch}\t{object}\t{verb}\t{by_id}"


def leaf_of(row_id: str, head: str, body: bytes) -> str:
    """
    Return the SHA-256 of a row: its id, its head, its body as they are stored.

    :param row_id: 32 hexadecimal digits.
    """
    return sha256(b"\x00%b\t%b\x00%b" % (row_id.encode(), head.encode(), body)).hexdigest()


def root_of(leaves: Sequence[str]) -> bytes:
    """Return the Merkle root of leaves; an odd one out goes up as it is."""
    level = list(map(bytes.fromhex, leaves))
    while len(level) > 1:
        odd = [level[-1]] if len(level) % 2 else []
        pairs = zip(level[0::2], level[1::2], strict=False)
        level = [sha256(b"\x01%b%b" % pair).digest() for pair in pairs] + odd
    return level[0]


def batch_root(*, number: int, first: int, last: int, previous: str, tree: bytes) -> str:
    """Return the root of a batch: its number, its run of positions, the root before it, and its tree."""
    head = f"{number}|{first}|{last}|{previous}".encode()
    return sha256(BATCH + head + b"\0" + tree).hexdigest()


def signed_text(*, number: int, first: int, last: int, sealed_at: str, previous: str, root: str) -> bytes:
    """Return the bytes that the signature of a batch covers."""
    return f"life-relay-trail|{number}|{first}|{last}|{sealed_at}|{previous}|{root}".encode()
