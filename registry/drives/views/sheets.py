"""The paper list of a drive: hand it in, watch it go in, mend what was refused."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.access import Permission, StaffRequest, requires
from foundation.jobs import JobState
from foundation.pages import Attempt
from registry.drives import imports
from registry.drives.forms.sheets import SheetForm
from registry.drives.models import Drive, SheetFile
from registry.drives.sheets import Report
from registry.drives.views.fetching import drive_of

_EARLIER = 20  # sheets of a drive shown below the form
_LINES = 500  # refused rows on the page; the sheet to mend has all


@require_http_methods(["GET", "POST"])
@requires(Permission.DONOR_ENROL, Permission.DONOR_IMPORT)
def sheet(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a list, and show those that were handed in before."""
    drive = drive_of(request, pk)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            made = _hand_in(request, drive, form)
        if attempt.ok:
            return redirect("drives:sheet_report", pk=pk, sheet_id=made.pk)
    earlier = drive.sheets.order_by("-id")[:_EARLIER]
    context = {"drive": drive, "form": form, "earlier": earlier}
    return render(request, "registry/drives/sheet.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Permission.DONOR_ENROL, Permission.DONOR_IMPORT)
def report(request: StaffRequest, pk: UUID, sheet_id: UUID) -> HttpResponse:
    """Show how far a list is and what came of it. htmx asks for that alone until it has ended."""
    one = _sheet_of(request, pk, sheet_id)
    job = imports.job_of(one)
    if job is None:
        raise Http404
    found = Report.from_json(job.result) if job.state == JobState.DONE else None
    lines = list(found.lines()) if found else []
    context = {
        "drive": one.drive,
        "sheet": one,
        "job": job,
        "waits": job.waits_for_worker(request.at),
        "report": found,
        "lines": lines[:_LINES],
        "more": max(0, len(lines) - _LINES),
        "differing": sorted(found.differing.items())[:_LINES] if found else [],
        "may_mend": bool(lines) and one.key_id is not None,
    }
    page = "registry/drives/sheet_report.html" + ("#state" if request.htmx else "")
    response = render(request, page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@requires(Permission.DONOR_ENROL, Permission.DONOR_IMPORT)
def mend(request: StaffRequest, pk: UUID, sheet_id: UUID) -> HttpResponse:
    """Hand out the refused rows as a sheet with a column that says what to mend."""
    one = _sheet_of(request, pk, sheet_id)
    content = None
    with Attempt(request):
        content = imports.mend_sheet(one, by=request.actor, at=request.at)
    if content is None:
        return redirect("drives:sheet_report", pk=pk, sheet_id=sheet_id)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="to-mend.csv"'
    return response


@require_POST
@requires(Permission.DONOR_ENROL, Permission.DONOR_IMPORT)
def discard(request: StaffRequest, pk: UUID, sheet_id: UUID) -> HttpResponse:
    """Destroy what is kept of a list; who is registered from it stays."""
    one = _sheet_of(request, pk, sheet_id)
    with Attempt(request):
        imports.throw_away(SheetFile.objects.filter(pk=one.pk), by=request.actor, at=request.at)
    return redirect("drives:sheet", pk=pk)


def _hand_in(request: StaffRequest, drive: Drive, form: SheetForm) -> SheetFile:
    file = form.cleaned_data["sheet"]
    made, _job = imports.hand_in(
        drive,
        file.read(),
        name=file.name or "",
        strict=form.cleaned_data["strict"],
        by=request.actor,
        at=request.at,
    )
    return made


def _sheet_of(request: StaffRequest, pk: UUID, sheet_id: UUID) -> SheetFile:
    drive = drive_of(request, pk)
    one = get_object_or_404(drive.sheets, pk=sheet_id)
    one.drive = drive
    return one
