"""Today's drive, as it stands on the Today page."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.utils import timezone

from foundation.access import Permission, StaffRequest, scope_from
from registry.drives import queries
from registry.drives.models import Drive, FormState, Pile
from registry.drives.states import DriveState

_PILES_MOST = 5  # piles on one Today page


def drives_today(request: StaffRequest) -> dict[str, Any] | None:
    """Return today's drives of one's branches with their counts; None where there is none."""
    today = timezone.localdate(request.at)
    drives = queries.today_of(request.scope, request.staff.pk, today)
    if not drives:
        return None
    tallies = [(drive, queries.count(drive, today)) for drive in drives]
    lacking = sum(len(tally.lacking) for drive, tally in tallies if drive.state == DriveState.OPEN)
    return {"drives": [{"drive": drive, "tally": tally} for drive, tally in tallies], "waiting": lacking}


def piles_to_look_at(request: StaffRequest) -> dict[str, Any] | None:
    """Return the piles with forms that somebody has to look at; None where there is none."""
    donors = scope_from(request.roles, Permission.DONOR_VIEW)
    kept = Pile.objects.visible_to(request.scope).filter(donors.q("branch_path"), key__isnull=False)
    look = kept.filter(forms__state=FormState.LOOK).annotate(look=Count("forms"))
    found: list[Any] = list(look.select_related("drive", "branch").order_by("-id")[:_PILES_MOST])
    return {"piles": found, "waiting": sum(pile.look for pile in found)} if found else None


def helping_today(request: StaffRequest) -> dict[str, Any] | None:
    """Return the drives a helper is named on."""
    named = request.scope.named_ids(Drive)
    if not named:
        return None
    return {"drives": list(Drive.objects.filter(pk__in=named, state=DriveState.OPEN).order_by("id"))}
