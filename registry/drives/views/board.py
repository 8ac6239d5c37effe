"""The board of a drive's day: how many, what is missing, who waits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from foundation import moves, trail
from foundation.access import Permission, StaffRequest, requires
from registry.drives import queries
from registry.drives.models import Drive
from registry.drives.own_forms import queries as own_forms
from registry.drives.states import DriveState
from registry.drives.views.fetching import drive_of


@requires(Permission.DRIVE_MANAGE, Permission.DONOR_ENROL, Permission.ENROL_ASSIST)
@require_safe
def board(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a drive's day. A helper sees no list: they are led to their own page."""
    drive = drive_of(request, pk)
    if not request.scope.covers(drive.branch_path):
        return redirect("drives:helping", pk=pk)
    day = queries.day_of(drive, timezone.localdate(request.at))
    tally = queries.count(drive, day)
    opened = is_own(request, drive)
    problems, waiting = queries.problems(tally, opened=opened), queries.waiting(drive, opened=opened)
    if opened:
        note_names(request, drive, [p.donor_id for p in problems], [w.draft.pk for w in waiting])
    context = {
        "drive": drive,
        "day": day,
        "tally": tally,
        "problems": problems,
        "waiting": waiting,
        "own_forms": own_forms.waiting(drive, at=request.at),
        "is_open": drive.state == DriveState.OPEN,
        "called_off": queries.why_called_off(drive),
        "closing": queries.last_closing(drive, day),
        "offers": {offer.name: offer for offer in moves.offers(drive, by=request.actor, at=request.at)},
        "helpers": drive.helpers.filter(ended_at=None).select_related("staff").order_by("id"),
        "team": drive.team.select_related("staff").order_by("duty", "id"),
        "may_enrol": request.holds(Permission.DONOR_ENROL),
        "may_collect": request.holds(Permission.SAMPLE_COLLECT),
        "may_manage": request.holds(Permission.DRIVE_MANAGE),
    }
    return render(request, "registry/drives/board.html", context)


def is_own(request: StaffRequest, drive: Drive) -> bool:
    """Return whether the drive is the reader's own work today."""
    branches = {str(held.branch_id) for held in request.roles}
    today = timezone.localdate(request.at)
    return queries.is_own(drive, staff_id=request.staff.pk, branches=branches, today=today)


def note_names(request: StaffRequest, drive: Drive, donors: Sequence[UUID], drafts: Sequence[UUID]) -> None:
    """Write down that these people were shown by name because their drive is the reader's own."""
    facts = {"task": f"drive:{drive.pk}"}
    seen = [("registry.donor", pk) for pk in donors] + [("registry.draft", pk) for pk in drafts]
    trail.record_many(
        trail.Entry(
            "person.named",
            request.actor,
            request.at,
            object=(kind, str(pk)),
            branch=str(drive.branch_id),
            facts=facts,
        )
        for kind, pk in seen
    )
