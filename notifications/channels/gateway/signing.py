"""Sign what goes to the gateway and check what comes from it; pure but for the clock it is given.

HMAC-SHA-256 over version, moment, key of the request and body, with newlines between them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

MOMENT: Final = "X-Relay-Timestamp"  # seconds since 1970
SIGNATURE: Final = "X-Relay-Signature"  # v1=hexadecimal
KEY: Final = "Idempotency-Key"  # one a message: the gateway takes it once
_VERSION: Final = "v1"
_LONGEST_KEY: Final = 200


class SignatureProblem(ValueError):
    """A request is not signed by our gateway, or is an old one sent again."""


def headers(secret: str, *, key: str, body: bytes, at: datetime) -> dict[str, str]:
    """Return the headers that sign a request."""
    moment = str(int(at.timestamp()))
    return {MOMENT: moment, KEY: key, SIGNATURE: f"{_VERSION}={_mac(secret, moment, key, body)}"}


def check(secret: str, told: Mapping[str, str], *, body: bytes, at: datetime, seconds: int) -> None:
    """
    Check that a request was signed with our secret, not long ago.

    :param seconds: how far its clock may be from ours.
    :raises SignatureProblem: if it was not. Every way to be wrong takes the same comparison.
    """
    moment, key = told.get(MOMENT, ""), told.get(KEY, "")
    signature = told.get(SIGNATURE, "").removeprefix(f"{_VERSION}=")
    expected = _mac(secret, moment, key, body)
    right = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
    fresh = (
        moment.isascii() and moment.isdecimal() and len(moment) <= len("10000000000")
        and abs(int(moment) - at.timestamp()) <= seconds
    )  # fmt: skip
    if not secret or not right or not fresh or len(key) > _LONGEST_KEY:
        raise SignatureProblem


def _mac(secret: str, moment: str, key: str, body: bytes) -> str:
    said = f"{_VERSION}\n{moment}\n{key}\n".encode("utf-8", "replace") + body
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
