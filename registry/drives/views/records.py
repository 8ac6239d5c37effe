"""The registry a branch already has: hand it in, watch it go in and come back, mend what was refused."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation import jobs
from foundation.access import Branch, Permission, StaffRequest, requires
from foundation.access.models import ORGANISATIONS
from foundation.pages import Attempt
from foundation.pages.uploads import takes_files
from registry.donors.columns import Column
from registry.donors.exports.words import STATES
from registry.drives.forms.records import ALL, TRY, RecordsForm
from registry.drives.forms.sheets import ColumnsForm
from registry.drives.imports import existing
from registry.drives.imports.existing.columns import REQUIRED
from registry.drives.models import RecordsFile
from registry.drives.views import coming_in

_EARLIER = 20  # files shown below the form


@require_http_methods(["GET", "POST"])
@requires(Permission.DONOR_IMPORT)
@takes_files("UPLOAD_LARGEST_MB")
def records(request: StaffRequest) -> HttpResponse:
    """Take the records of a branch, and show those that were handed in before."""
    branches = Branch.objects.visible_to(request.scope).filter(active=True).exclude(kind__in=ORGANISATIONS)
    form = RecordsForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        branches=branches.order_by("path"),
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            made = _hand_in(request, form)
        if attempt.ok:
            return redirect("drives:records_report", records_id=made.pk)
    earlier = RecordsFile.objects.visible_to(request.scope).select_related("branch").order_by("-id")
    context = {
        "form": form,
        "earlier": earlier[:_EARLIER],
        "words": STATES.values(),
        "needed": " · ".join(column.label for column in REQUIRED),
        "days": (Column.REGISTERED_ON.label, Column.LISTED_ON.label),
    }
    return render(request, "registry/drives/records.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Permission.DONOR_IMPORT)
def report(request: StaffRequest, records_id: UUID) -> HttpResponse:
    """Show how far records are and what came of them. htmx asks for that alone until it has ended."""
    kept = _kept(request, records_id)
    job = existing.job_of(kept)
    if job is None:
        raise Http404
    found = existing.Report.from_json(job.result) if coming_in.is_reported(job) else None
    trip = found.round_trip if found else None
    shown = coming_in.context(kept, job, found, at=request.at)
    shown |= {"trip": trip, "otherwise": coming_in.cells_of_rows(trip.differing) if trip else []}
    return coming_in.answer(request, "registry/drives/records_report.html", shown | {"urls": _urls(kept)})


@require_http_methods(["GET", "POST"])
@requires(Permission.DONOR_IMPORT)
def columns(request: StaffRequest, records_id: UUID) -> HttpResponse:
    """Ask which columns the unknown headers of records are; what is said is known from then on."""
    kept = _kept(request, records_id)
    asked = existing.asked_of(kept)
    if asked is None:
        return redirect("drives:records_report", records_id=records_id)
    form = ColumnsForm(asked, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            existing.explain(kept, form.said, by=request.actor, at=request.at)
        if attempt.ok:
            return redirect("drives:records_report", records_id=records_id)
    context = {"kept": kept, "whose": kept.branch.name, "asked": asked, "form": form, "urls": _urls(kept)}
    return render(request, "registry/drives/sheet_columns.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.DONOR_IMPORT)
def go_on(request: StaffRequest, records_id: UUID) -> HttpResponse:
    """Take over records that were tried, were stopped, or were to come in as a whole."""
    kept = _kept(request, records_id)
    good_rows = request.POST.get("take") == "good_rows"
    with Attempt(request):
        existing.go_on(kept, strict=False if good_rows else None, by=request.actor, at=request.at)
    return redirect("drives:records_report", records_id=records_id)


@require_POST
@requires(Permission.DONOR_IMPORT)
def stop(request: StaffRequest, records_id: UUID) -> HttpResponse:
    """Ask the work to stop: nobody is taken over then."""
    job = existing.job_of(_kept(request, records_id))
    if job is None:
        raise Http404
    with Attempt(request):
        jobs.ask_to_stop(job, by=request.actor, at=request.at)
    return redirect("drives:records_report", records_id=records_id)


@require_POST
@requires(Permission.DONOR_IMPORT)
def mend(request: StaffRequest, records_id: UUID) -> HttpResponse:
    """Hand out the refused rows as a sheet with a column that says what to mend."""
    kept = _kept(request, records_id)
    file = None
    with Attempt(request):
        file = existing.mend_sheet(kept, by=request.actor, at=request.at)
    if file is None:
        return redirect("drives:records_report", records_id=records_id)
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@require_POST
@requires(Permission.DONOR_IMPORT)
def discard(request: StaffRequest, records_id: UUID) -> HttpResponse:
    """Destroy what is kept of the records; who was taken over from them stays."""
    kept = _kept(request, records_id)
    with Attempt(request):
        existing.throw_away(RecordsFile.objects.filter(pk=kept.pk), by=request.actor, at=request.at)
    return redirect("drives:records")


def _urls(kept: RecordsFile) -> dict[str, str]:
    here = {name: f"drives:records_{name}" for name in ("columns", "go_on", "stop", "mend", "discard")}
    here["here"] = "drives:records_report"
    found = {name: reverse(url, args=[kept.pk]) for name, url in here.items()}
    return found | {"another": reverse("drives:records")}


def _hand_in(request: StaffRequest, form: RecordsForm) -> RecordsFile:
    file, way = form.cleaned_data["sheet"], form.cleaned_data["way"]
    made, _job = existing.hand_in(
        form.cleaned_data["branch"],
        file.read(),
        name=file.name or "",
        box=form.cleaned_data["box"],
        strict=way == ALL,
        trial=way == TRY,
        by=request.actor,
        at=request.at,
    )
    return made


def _kept(request: StaffRequest, records_id: UUID) -> RecordsFile:
    seen = RecordsFile.objects.visible_to(request.scope).select_related("branch")
    return get_object_or_404(seen, pk=records_id)
