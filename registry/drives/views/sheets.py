"""The paper list of a drive: hand it in, watch it go in, mend what was refused."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation import jobs
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from foundation.pages.uploads import takes_files
from registry.drives import imports
from registry.drives.forms.sheets import ColumnsForm, SheetForm
from registry.drives.models import Drive, SheetFile
from registry.drives.sheets import Report
from registry.drives.views import coming_in
from registry.drives.views.fetching import drive_of

_EARLIER = 20  # sheets of a drive shown below the form


@require_http_methods(["GET", "POST"])
@requires(Permission.DONOR_ENROL, Permission.DONOR_IMPORT)
@takes_files("UPLOAD_LARGEST_MB")
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
    found = Report.from_json(job.result) if coming_in.is_reported(job) else None
    shown = coming_in.context(one, job, found, at=request.at)
    shown |= {"drive": one.drive, "urls": _urls(one)}
    return coming_in.answer(request, "registry/drives/sheet_report.html", shown)


@require_http_methods(["GET", "POST"])
@requires(Permission.DONOR_ENROL, Permission.DONOR_IMPORT)
def columns(request: StaffRequest, pk: UUID, sheet_id: UUID) -> HttpResponse:
    """Ask which columns the unknown headers of a list are; what is said is known from then on."""
    one = _sheet_of(request, pk, sheet_id)
    asked = imports.asked_of(one)
    if asked is None:
        return redirect("drives:sheet_report", pk=pk, sheet_id=sheet_id)
    form = ColumnsForm(asked, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            imports.explain(one, form.said, by=request.actor, at=request.at)
        if attempt.ok:
            return redirect("drives:sheet_report", pk=pk, sheet_id=sheet_id)
    context = {"kept": one, "whose": one.drive.name, "asked": asked, "form": form, "urls": _urls(one)}
    return render(request, "registry/drives/sheet_columns.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.DONOR_ENROL, Permission.DONOR_IMPORT)
def go_on(request: StaffRequest, pk: UUID, sheet_id: UUID) -> HttpResponse:
    """Bring in a list that was tried, was stopped, or was to come in as a whole."""
    one = _sheet_of(request, pk, sheet_id)
    good_rows = request.POST.get("take") == "good_rows"
    with Attempt(request):
        imports.go_on(one, strict=False if good_rows else None, by=request.actor, at=request.at)
    return redirect("drives:sheet_report", pk=pk, sheet_id=sheet_id)


@require_POST
@requires(Permission.DONOR_ENROL, Permission.DONOR_IMPORT)
def stop(request: StaffRequest, pk: UUID, sheet_id: UUID) -> HttpResponse:
    """Ask the work on a list to stop: nobody is registered from it then."""
    job = imports.job_of(_sheet_of(request, pk, sheet_id))
    if job is None:
        raise Http404
    with Attempt(request):
        jobs.ask_to_stop(job, by=request.actor, at=request.at)
    return redirect("drives:sheet_report", pk=pk, sheet_id=sheet_id)


@require_POST
@requires(Permission.DONOR_ENROL, Permission.DONOR_IMPORT)
def mend(request: StaffRequest, pk: UUID, sheet_id: UUID) -> HttpResponse:
    """Hand out the refused rows as a sheet with a column that says what to mend."""
    one = _sheet_of(request, pk, sheet_id)
    file = None
    with Attempt(request):
        file = imports.mend_sheet(one, by=request.actor, at=request.at)
    if file is None:
        return redirect("drives:sheet_report", pk=pk, sheet_id=sheet_id)
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@require_POST
@requires(Permission.DONOR_ENROL, Permission.DONOR_IMPORT)
def discard(request: StaffRequest, pk: UUID, sheet_id: UUID) -> HttpResponse:
    """Destroy what is kept of a list; who is registered from it stays."""
    one = _sheet_of(request, pk, sheet_id)
    with Attempt(request):
        imports.throw_away(SheetFile.objects.filter(pk=one.pk), by=request.actor, at=request.at)
    return redirect("drives:sheet", pk=pk)


def _urls(one: SheetFile) -> dict[str, str]:
    here = {name: f"drives:sheet_{name}" for name in ("columns", "go_on", "stop", "mend", "discard")}
    here["here"] = "drives:sheet_report"
    found = {name: reverse(url, args=[one.drive_id, one.pk]) for name, url in here.items()}
    return found | {"another": reverse("drives:sheet", args=[one.drive_id])}


def _hand_in(request: StaffRequest, drive: Drive, form: SheetForm) -> SheetFile:
    file = form.cleaned_data["sheet"]
    made, _job = imports.hand_in(
        drive,
        file.read(),
        name=file.name or "",
        strict=form.cleaned_data["strict"],
        trial=form.cleaned_data["trial"],
        by=request.actor,
        at=request.at,
    )
    return made


def _sheet_of(request: StaffRequest, pk: UUID, sheet_id: UUID) -> SheetFile:
    drive = drive_of(request, pk)
    one = get_object_or_404(drive.sheets, pk=sheet_id)
    one.drive = drive
    return one
