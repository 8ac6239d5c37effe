"""The end of an enrolment: what happens next, and the card to come back with."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation.access import Permission, StaffRequest, requires
from foundation.papers import codes
from registry.drives.models import Drive
from registry.drives.states import Step
from registry.drives.views.fetching import draft_of, drive_of


@requires(Permission.DONOR_ENROL)
@require_safe
def done(request: StaffRequest, pk: UUID, draft_id: UUID) -> HttpResponse:
    """Tell the volunteer what happens next, and offer the next one."""
    draft = draft_of(request, pk, draft_id)
    if draft.donor is None:
        return redirect("drives:step", pk=pk, draft_id=draft_id, name=Step(draft.step).value)
    donor = draft.donor
    ends = timezone.localdate(donor.registered_at) + timedelta(days=settings.COOLING_OFF_DAYS)
    context = {
        "drive": draft.drive,
        "draft": draft,
        "donor": donor,
        "tube": donor.samples.order_by("-id").first(),
        "thinks_until": ends,
        "steps": len(Step),
        "sender": {"name": draft.drive.branch.name, "phone": draft.drive.branch.phone},
    }
    return render(request, "registry/drives/enrol/done.html", context)


@requires(Permission.DONOR_ENROL, Permission.ENROL_ASSIST)
@require_safe
def card(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the come-back card: a date and a code that says the same. Nothing of the person is kept."""
    drive = drive_of(request, pk)
    try:
        on = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        on = None
    context = {
        "drive": drive,
        "on": on,
        "code": codes.qr_svg(_entry(drive, on)),
        "moved": codes.qr_svg(request.build_absolute_uri(reverse("moved:at", args=[drive.branch_id]))),
        "sender": {"name": drive.branch.name, "phone": drive.branch.phone},
    }
    return render(request, "registry/drives/card.html", context)


def _entry(drive: Drive, on: date | None) -> str:
    """Return what the code holds: an entry for the volunteer's own calendar, or the branch's number."""
    branch = drive.branch
    if on is None:
        return f"tel:{branch.phone}" if branch.phone else branch.name
    summary = _("Come back to the Red Cross")
    lines = (
        "BEGIN:VEVENT",
        f"SUMMARY:{summary}",
        f"LOCATION:{branch.name}",
        f"DESCRIPTION:{branch.phone}",
        f"DTSTART;VALUE=DATE:{on:%Y%m%d}",
        "END:VEVENT",
    )
    return "\r\n".join(lines)
