"""The trail for the auditor: read, verify, hand out; and who saw a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from foundation import jobs, trail
from foundation.access import Permission, StaffRequest, login, requires
from foundation.desk import office, trail_reading
from foundation.desk.forms.trail import FilterTrail, Looks
from foundation.desk.naming import Names
from foundation.jobs import Job, JobState
from foundation.pages import paginate
from foundation.trail import anchor, sealing
from foundation.trail.models import TrailBatch


@require_safe
@requires(Permission.TRAIL_READ)
def rows(request: StaffRequest) -> HttpResponse:
    """List the trail of one's branches, the newest first."""
    form = FilterTrail(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    found = trail_reading.narrowed(trail_reading.visible_to(request.scope), asked)
    context = _listed(request, found) | {
        "filters": form,
        "whole": trail_reading.covers_everything(request.scope),
        "standing": _standing(),
    }
    return render(request, "foundation/trail/list.html", context)


@require_POST
@requires(Permission.TRAIL_READ)
def verify(request: StaffRequest) -> HttpResponse:
    """Have the whole trail checked."""
    _must_read_everything(request)
    job = jobs.start(office.VERIFY, {}, by=request.actor, at=request.at)
    return redirect("desk:job", pk=job.pk)


@require_POST
@login.fresh
@requires(Permission.TRAIL_READ)
def export(request: StaffRequest) -> HttpResponse:
    """Have the whole trail written for an outsider."""
    _must_read_everything(request)
    trail.record("trail.exported", by=request.actor, at=request.at)
    job = jobs.start(office.EXPORT, {}, by=request.actor, at=request.at)
    return redirect("desk:job", pk=job.pk)


@require_safe
@requires(Permission.TRAIL_READ)
def download(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Hand out the archive of an export to whoever asked for it and still may."""
    _must_read_everything(request)
    wanted = Job.objects.filter(kind=office.EXPORT, state=JobState.DONE, by_id=str(request.staff.pk))
    job = get_object_or_404(wanted, pk=pk)
    path = office.export_path(str(job.pk))
    if not path.exists():
        raise Http404
    trail.record("trail.downloaded", by=request.actor, at=request.at, object=job)
    answer = FileResponse(path.open("rb"), as_attachment=True, filename="trail.zip")
    return cast("HttpResponse", answer)


@require_safe
@requires(Permission.ACCESS_READ)
def looks(request: StaffRequest) -> HttpResponse:
    """Show who saw anything of one person, by the id of whatever is theirs."""
    form = Looks(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    context: dict[str, Any] = {"filters": form, "asked": bool(asked.get("object"))}
    if context["asked"]:
        found = trail_reading.about_the_person(trail_reading.visible_to(request.scope), asked["object"])
        context |= _listed(request, found if asked["everything"] else trail_reading.looks(found))
    return render(request, "foundation/trail/looks.html", context)


def _listed(request: StaffRequest, found: Any) -> dict[str, Any]:
    page = paginate(found, request.GET)
    names = Names.of(row.by_id for row in page.items)
    lines = [(line, names.get(line.row.by_id)) for line in trail_reading.lines(page.items)]
    return {"page": page, "lines": lines}


def _standing() -> dict[str, Any]:
    """Return how the record stands: sealed until when, anchored, and what the last check found."""
    checks = Job.objects.filter(kind=office.VERIFY, state=JobState.DONE)
    newest = TrailBatch.objects.order_by("-number").first()
    return {
        "check": checks.order_by("-id").first(),
        "sealed_at": datetime.fromisoformat(newest.sealed_at) if newest else None,
        "unsealed": sealing.unsealed(),
        "anchored": anchor.last(),
    }


def _must_read_everything(request: StaffRequest) -> None:
    if not trail_reading.covers_everything(request.scope):
        trail.refused("trail.denied", by=request.actor, at=request.at)
        raise PermissionDenied
