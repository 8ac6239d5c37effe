"""Long work: how far it is, stopping it, and what came of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation import jobs
from foundation.access import Permission, StaffRequest, scope_from, signed_in
from foundation.desk import office
from foundation.desk.naming import Names
from foundation.jobs import Job
from foundation.jobs.models import JobQuerySet
from foundation.jobs.queries import seen_by
from foundation.pages import Attempt, paginate


@require_safe
@signed_in
def every(request: StaffRequest) -> HttpResponse:
    """List one's own long work, and for an administrator that of their branches."""
    page = paginate(_visible(request), request.GET)
    names = Names.of(job.by_id for job in page.items)
    rows = [(job, _label(job), names.get(job.by_id), job.waits_for_worker(request.at)) for job in page.items]
    return render(request, "foundation/jobs/list.html", {"page": page, "rows": rows})


@require_safe
@signed_in
def one(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one piece of long work. htmx asks for its state alone until it has ended."""
    job = get_object_or_404(_visible(request), pk=pk)
    context = {
        "job": job,
        "waits": job.waits_for_worker(request.at),
        "label": _label(job),
        "asked_by": Names.of([job.by_id]).get(job.by_id),
        "result": _result(job),
        "has_file": job.kind == office.EXPORT and job.state == jobs.JobState.DONE,
    }
    page = "foundation/jobs/detail.html#state" if request.htmx else "foundation/jobs/detail.html"
    response = render(request, page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@signed_in
def stop(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask long work to stop."""
    job = get_object_or_404(_visible(request), pk=pk)
    with Attempt(request):
        jobs.ask_to_stop(job, by=request.actor, at=request.at)
    return redirect("desk:job", pk=pk)


def _visible(request: StaffRequest) -> JobQuerySet:
    return seen_by(request.staff, scope_from(request.roles, Permission.SETTINGS))


def _result(job: Job) -> list[tuple[object, object]]:
    """Return the parts of a result that say something, in words where the room gave some."""
    try:
        says = jobs.kind_of(job.kind).says
    except LookupError:
        says = {}
    found = ((says.get(name, name), value) for name, value in job.result.items())
    return [
        (words, (_("yes") if value else _("no")) if isinstance(value, bool) else value)
        for words, value in found
        if value not in ("", None, {}, [])
    ]


def _label(job: Job) -> object:
    try:
        return jobs.kind_of(job.kind).label
    except LookupError:  # the room that asked for it is not installed any more
        return job.kind
