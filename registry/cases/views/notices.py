"""Notices come in as a file of many: handed in, watched, and what is wrong with a row is mended."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.access import Permission, StaffRequest, requires
from foundation.jobs import Job, JobState
from foundation.pages import Attempt
from foundation.pages.downloads import XLSX, attachment
from foundation.pages.uploads import takes_files
from foundation.papers import sheets
from registry.cases import incoming, notice_files, notices
from registry.cases.forms.opening import NoticesForm
from registry.cases.models import NoticeFile
from registry.cases.views.common import crumbs

PATTERN: Final = ("N2026-0001", "", "P-0001", "高分辨", "10/10", "2026-11-20", "2026-11-19", "国内")
_EARLIER: Final = 10  # files shown below the form


@requires(Permission.CASE_OPEN)
@require_http_methods(["GET", "POST"])
@takes_files("UPLOAD_LARGEST_MB")
def many(request: StaffRequest) -> HttpResponse:
    """Take a file of notices, and show those that were handed in before."""
    posted = request.method == "POST"
    form = NoticesForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        file = form.cleaned_data["sheet"]
        with Attempt(request, form) as attempt:
            made, _job = notice_files.hand_in(
                file.read(),
                name=file.name or "",
                source=form.cleaned_data["source"],
                scope=request.scope,
                by=request.actor,
                at=request.at,
            )
        if attempt.ok:
            return redirect("cases:notices-file", pk=made.pk)
    context = {
        "form": form,
        "headers": notices.HEADERS,
        "earlier": NoticeFile.objects.visible_to(request.scope).order_by("-id")[:_EARLIER],
        "crumbs": crumbs(request, None, _("A file of notices")),
    }
    return render(request, "registry/cases/notices.html", context, status=422 if form.errors else 200)


@requires(Permission.CASE_OPEN)
@require_GET
def file(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show how far a file is and what became of its rows. htmx asks for that alone until it has ended."""
    one = _file(request, pk)
    job = notice_files.job_of(one)
    if job is None:
        raise Http404
    context = {
        "file": one,
        "job": job,
        "waits": job.waits_for_worker(request.at),
        "own": job.by_id == str(request.staff.pk),
        "may_go_on": job.has_ended and one.content is not None,
        "report": _report(request, one, job) if job.state == JobState.DONE and one.key_id else None,
        "crumbs": [
            *crumbs(request),
            (_("A file of notices"), reverse("cases:notices")),
            (f"{timezone.localdate(one.at):%Y-%m-%d}", ""),
        ],
    }
    page = "registry/cases/notices_file.html" + ("#state" if request.htmx else "")
    response = render(request, page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _report(request: StaffRequest, one: NoticeFile, job: Job) -> dict[str, Any]:
    """Return what became of the rows: each to who handed them in, to colleagues how many."""
    own = notice_files.is_of(one, by=request.actor)
    rows = notice_files.shown(one, by=request.actor, at=request.at) if own else []
    return {
        "own": own,
        "rows": rows,
        "counts": [
            (verdict.label, job.result[verdict], incoming.KINDS[verdict])
            for verdict in incoming.Verdict
            if verdict in job.result
        ],
        "to_mend": any(row.to_mend for row in rows),
    }


@requires(Permission.CASE_OPEN)
@require_POST
def go_on(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Go on with a file that was stopped, or whose work failed."""
    one = _file(request, pk)
    with Attempt(request):
        notice_files.go_on(one, by=request.actor, at=request.at)
    return redirect("cases:notices-file", pk=pk)


@requires(Permission.CASE_OPEN)
@require_POST
def mend(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Hand out the rows that came back, as a workbook to be mended and handed in again."""
    one = _file(request, pk)
    if not notice_files.is_of(one, by=request.actor):
        raise Http404
    rows = notice_files.rows_to_mend(one, by=request.actor, at=request.at)
    content = sheets.write_xlsx([(*notices.HEADERS, "要改的地方"), *rows], to_type_in=True)
    return attachment(content, XLSX, "notices-to-mend.xlsx")


@requires(Permission.CASE_OPEN)
@require_GET
def pattern(request: StaffRequest) -> HttpResponse:
    """Hand out an empty file of notices with its headers and one invented row."""
    del request
    return attachment(sheets.write_xlsx([notices.HEADERS, PATTERN], to_type_in=True), XLSX, "notices.xlsx")


def _file(request: StaffRequest, pk: UUID) -> NoticeFile:
    return get_object_or_404(NoticeFile.objects.visible_to(request.scope).select_related("branch"), pk=pk)
