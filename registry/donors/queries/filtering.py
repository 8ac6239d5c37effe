"""Narrow the donors of a scope as the filters of the list say; each filter reads one range of one index."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.conf import settings
from django.db.models import F

from foundation.access import Scope
from registry.donors.guards import months_later
from registry.donors.models import Donor
from registry.donors.querysets import DonorQuerySet
from registry.donors.states import DonorState


def filtered(scope: Scope, chosen: Mapping[str, str], *, today: date) -> DonorQuerySet:
    """
    Return the donors of a scope that the filters leave.

    :param chosen: codes: ``state``; ``whose`` (served here, ``owned``, ``elsewhere``); ``mark``
        (``objected``, ``ending``, ``unverified``).
    """
    found: DonorQuerySet = Donor.objects.all()
    whose = chosen.get("whose")
    if whose:
        found = found.filter(scope.q("owner_path"))
        found = found.exclude(service_path=F("owner_path")) if whose == "elsewhere" else found
    else:
        found = found.served_by(scope)
    if state := chosen.get("state"):
        found = found.filter(state=state)
    return _marked(found, chosen.get("mark", ""), today)


def _marked(found: DonorQuerySet, mark: str, today: date) -> DonorQuerySet:
    if mark == "objected":
        return found.filter(objected_at__isnull=False)
    if mark == "ending":
        last = today + timedelta(days=settings.HOLD_ENDING_DAYS)
        return found.filter(state=DonorState.ON_HOLD, hold_until__lte=last)
    if mark == "unverified":
        before = months_later(today, -settings.CONTACT_UNVERIFIED_MONTHS)
        return found.live().exclude(contact_verified_on__gt=before)
    return found
