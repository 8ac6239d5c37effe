"""Today's drive, as it stands on the Today page."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from foundation.access import StaffRequest
from registry.drives import queries
from registry.drives.models import Drive
from registry.drives.states import DriveState


def drives_today(request: StaffRequest) -> dict[str, Any] | None:
    """Return today's drives of one's branches with their counts; None where there is none."""
    today = timezone.localdate(request.at)
    drives = queries.today_of(request.scope, request.staff.pk, today)
    if not drives:
        return None
    tallies = [(drive, queries.count(drive, today)) for drive in drives]
    lacking = sum(len(tally.lacking) for drive, tally in tallies if drive.state == DriveState.OPEN)
    return {"drives": [{"drive": drive, "tally": tally} for drive, tally in tallies], "waiting": lacking}


def helping_today(request: StaffRequest) -> dict[str, Any] | None:
    """Return the drives a helper is named on."""
    named = request.scope.named_ids(Drive)
    if not named:
        return None
    return {"drives": list(Drive.objects.filter(pk__in=named, state=DriveState.OPEN).order_by("id"))}
