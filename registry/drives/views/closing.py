"""Count up a day: people, tubes, signatures; whoever lacks something is named, with a reason."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from foundation.papers import codes, pdf
from foundation.papers.pdf import NoPdf
from registry.drives import actions, queries
from registry.drives.forms.closing import ClosingForm
from registry.drives.models import Drive, DriveClosing
from registry.drives.own_forms import queries as own_forms
from registry.drives.views.board import is_own, note_names
from registry.drives.views.fetching import drive_of


@requires(Permission.DRIVE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what the day counts up to, and close it."""
    drive = drive_of(request, pk)
    day = queries.day_of(drive, timezone.localdate(request.at))
    tally = queries.count(drive, day)
    opened = is_own(request, drive)
    problems = queries.problems(tally, opened=opened)
    form = ClosingForm(request.POST if request.method == "POST" else None, tally=tally, problems=problems)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            closing = actions.close(
                drive, day=day, counted=form.counted, reasons=form.reasons, by=request.actor, at=request.at
            )
        if attempt.ok:
            messages.success(request, _("The day is counted up. Print the slip for the blood station."))
            return redirect("drives:slip", pk=pk, closing_id=closing.pk)
    if opened:
        note_names(request, drive, [p.donor_id for p in problems], [])
    context = {
        "drive": drive,
        "day": day,
        "tally": tally,
        "form": form,
        "rows": form.rows(),
        "waiting": queries.waiting(drive, opened=opened),
        "unseen": own_forms.waiting(drive, at=request.at),
    }
    return render(request, "registry/drives/close.html", context, status=422 if form.errors else 200)


@requires(Permission.DRIVE_MANAGE)
@require_safe
def slip(request: StaffRequest, pk: UUID, closing_id: UUID) -> HttpResponse:
    """Show the slip that goes with the tubes to the blood station: counts and barcodes, nobody's name."""
    drive, closing = _closing(request, pk, closing_id)
    return render(request, "registry/drives/slip.html", _slip(drive, closing))


@requires(Permission.DRIVE_MANAGE)
@require_safe
def slip_pdf(request: StaffRequest, pk: UUID, closing_id: UUID) -> HttpResponse:
    """Give the slip as a PDF; where none can be made, the page that prints."""
    drive, closing = _closing(request, pk, closing_id)
    try:
        content = pdf.render("registry/drives/slip_paper.html", _slip(drive, closing))
    except NoPdf:
        messages.warning(request, _("No PDF can be made on this machine. Print this page instead."))
        return redirect("drives:slip", pk=pk, closing_id=closing_id)
    trail.record(
        "drive.slip_printed", by=request.actor, at=request.at, object=closing, branch=drive.branch_id
    )
    headers = {"Content-Disposition": f'attachment; filename="slip-{closing.on_date:%Y%m%d}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _closing(request: StaffRequest, pk: UUID, closing_id: UUID) -> tuple[Drive, DriveClosing]:
    drive = drive_of(request, pk)
    return drive, get_object_or_404(drive.closings, pk=closing_id)


def _slip(drive: Drive, closing: DriveClosing) -> dict[str, object]:
    barcodes = queries.barcodes_of(drive, closing.on_date)
    return {
        "drive": drive,
        "closing": closing,
        "tubes": [(barcode, codes.code128_svg(barcode)) for barcode in barcodes],
        "gaps": closing.gaps.order_by("id"),
        "sender": {"name": drive.branch.name, "phone": drive.branch.phone},
    }
