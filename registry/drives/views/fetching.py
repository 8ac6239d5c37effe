"""Fetch a drive or a draft as the reader may see it; one that they may not see answers as a missing one."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404

from foundation.access import Permission, StaffRequest
from registry.drives.models import Draft, Drive


def drive_of(request: StaffRequest, pk: UUID) -> Drive:
    """Return a drive in the request's scope, with its branch and place."""
    seen = Drive.objects.visible_to(request.scope).select_related("branch", "place")
    return get_object_or_404(seen, pk=pk)


def draft_of(request: StaffRequest, pk: UUID, draft_id: UUID) -> Draft:
    """
    Return a draft of a drive; a helper gets the one they are at, never another's.

    An own form is the volunteer's alone until it is handed in.
    """
    drive = drive_of(request, pk)
    own = Q() if may_enrol(request, drive) else Q(started_by=request.staff, donor__isnull=True)
    handed_in = Q(own_form=False) | Q(handed_in_at__isnull=False)
    draft = get_object_or_404(drive.drafts.filter(own, handed_in), pk=draft_id)
    draft.drive = drive
    return draft


def may_enrol(request: StaffRequest, drive: Drive) -> bool:
    """Return whether the reader enrols here, and does not only help."""
    return request.holds(Permission.DONOR_ENROL) and request.scope.covers(drive.branch_path)
