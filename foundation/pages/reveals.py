"""Count the looks behind a mask, so that they are limited by the hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.cache import cache

if TYPE_CHECKING:
    from foundation.access import StaffRequest

REVEALS_PER_HOUR: Final = 60  # of one login; security.md 2: limited per hour


def within_reveals(request: StaffRequest) -> bool:
    """Count one look of this login in this hour, and return whether it is still allowed."""
    key = f"pages.reveal.{request.staff.pk}.{request.at:%Y%m%d%H}"
    cache.add(key, 0, timeout=3600)
    try:
        return cache.incr(key) <= REVEALS_PER_HOUR
    except ValueError:  # it ran out between the two calls
        return True
