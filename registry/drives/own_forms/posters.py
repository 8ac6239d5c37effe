"""The signed mark on the poster of a drive: which drive, and until which day."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.core import signing

if TYPE_CHECKING:
    from registry.drives.models import Drive

_SALT: Final = "registry.drives.own_forms"
_ID: Final = 16  # bytes of a drive's id; the day follows in three
_WRITTEN: Final = _ID + 3


class NotAPoster(ValueError):
    """A mark was not made here, or somebody changed it."""


@dataclass(frozen=True, slots=True)
class Poster:
    """What the mark on a poster says."""

    drive_id: UUID
    until: date


def mark_of(drive: Drive, *, today: date) -> str:
    """Return the mark for a drive's poster: it holds on the drive's day; that of an office for a month."""
    until = drive.on_date or today + timedelta(days=settings.OWN_FORM_OFFICE_DAYS)
    content = drive.pk.bytes + until.toordinal().to_bytes(_WRITTEN - _ID)
    return _signer().sign(urlsafe_b64encode(content).decode().rstrip("="))


def read(mark: str) -> Poster:
    """
    Return what a mark says.

    :raises NotAPoster: if its signature does not hold.
    """
    try:
        text = _signer().unsign(mark)
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return Poster(UUID(bytes=content[:_ID]), date.fromordinal(int.from_bytes(content[_ID:])))
    except (signing.BadSignature, BadBase64, ValueError, OverflowError):
        raise NotAPoster from None


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, sep=".")
