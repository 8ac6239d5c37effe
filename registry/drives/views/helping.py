"""What a helper sees: one volunteer at a time, and never a list."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from foundation.access import Permission, StaffRequest, requires
from registry.drives.models import Draft
from registry.drives.states import DriveState
from registry.drives.views.fetching import drive_of, may_enrol
from registry.drives.views.steps import ASSISTED


@requires(Permission.DONOR_ENROL, Permission.ENROL_ASSIST)
@require_safe
def helping(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Offer to begin with the next volunteer, or to go on with the one the helper is at."""
    drive = drive_of(request, pk)
    if may_enrol(request, drive):
        return redirect("drives:board", pk=pk)
    mine = Draft.objects.filter(drive=drive, started_by=request.staff, donor=None, step__in=ASSISTED)
    context = {
        "drive": drive,
        "draft": mine.order_by("-touched_at").first(),
        "is_open": drive.state == DriveState.OPEN,
        "sender": {"name": drive.branch.name, "phone": drive.branch.phone},
    }
    return render(request, "registry/drives/helping.html", context)


@requires(Permission.DONOR_ENROL, Permission.ENROL_ASSIST)
@require_safe
def handed_on(request: StaffRequest, pk: UUID, draft_id: UUID) -> HttpResponse:
    """Say with which number the volunteer goes on to the coordinator."""
    drive = drive_of(request, pk)
    draft = get_object_or_404(drive.drafts.filter(started_by=request.staff), pk=draft_id)
    sender = {"name": drive.branch.name, "phone": drive.branch.phone}
    context = {"drive": drive, "draft": draft, "sender": sender}
    return render(request, "registry/drives/handed_on.html", context)
