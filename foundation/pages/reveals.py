"""Looks behind a mask: each for a reason, written down, and limited by the hour."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.core.cache import cache
from django.db.models import Model
from django.utils.translation import gettext as _

from foundation import trail

if TYPE_CHECKING:
    from datetime import datetime

    from foundation.access import StaffRequest

REVEALS_PER_HOUR: Final = 60  # of one login; security.md 2: limited per hour


def within_reveals(request: StaffRequest) -> bool:
    """Count one look of this login in this hour, and return whether it is still allowed."""
    return within_hour(f"pages.reveal.{request.staff.pk}", at=request.at, most=REVEALS_PER_HOUR)


def within_hour(key: str, *, at: datetime, most: int) -> bool:
    """Count one more of something in this hour, and return whether it is still allowed."""
    key = f"{key}.{at:%Y%m%d%H}"
    cache.add(key, 0, timeout=3600)
    try:
        return cache.incr(key) <= most
    except ValueError:  # it ran out between the two calls
        return True


def opens(request: StaffRequest, thing: Model, *, noun: str, reasons: Collection[str]) -> bool:
    """
    Write a look down for the reason that was chosen, and return whether the mask may fall.

    Where it may not, the page that comes next says why.

    :param noun: of the trail, as ``donor``. :param reasons: the codes that open this thing.
    """
    reason = request.POST.get("reason", "")
    if reason not in reasons:
        messages.error(request, _("Choose what you need it for."))
        return False
    if not within_reveals(request):
        trail.refused(f"{noun}.reveal_refused", by=request.actor, at=request.at, object=thing, reason="limit")
        messages.error(request, _("That is many looks in one hour. Please go on later."))
        return False
    trail.record(f"{noun}.revealed", by=request.actor, at=request.at, object=thing, reason=reason)
    return True
