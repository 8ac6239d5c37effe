"""Sheets of donors: ask, watch, take, throw away. What is in one is its asker's alone."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation import jobs
from foundation.access import Branch, Permission, StaffRequest, login, requires
from foundation.desk.naming import Names
from foundation.pages import Attempt, downloads, paginate
from registry.donors.exports import asking, taking
from registry.donors.exports.standing import standings_of
from registry.donors.exports.taking import Form
from registry.donors.forms.exports import AskExport
from registry.donors.forms.lists import Filters
from registry.donors.models import Export
from registry.donors.views.common import crumbs

TYPES = {Form.XLSX: downloads.XLSX, Form.CSV: downloads.CSV}


@requires(Permission.DONOR_EXPORT)
@require_GET
def exports(request: StaffRequest) -> HttpResponse:
    """List the sheets that were asked for at one's branches, the newest first."""
    found = Export.objects.visible_to(request.scope).select_related("branch")
    page = paginate(found, request.GET)
    askers, standings = Names.of(one.by_id for one in page.items), standings_of(page.items)
    rows = [
        {"export": one, "asker": askers.get(one.by_id), "standing": standings[one.pk]} for one in page.items
    ]
    context = {"page": page, "rows": rows, "crumbs": crumbs(None, (_("Sheets"), ""))}
    return render(request, "registry/donors/exports.html", context)


@login.fresh
@requires(Permission.DONOR_EXPORT)
@require_http_methods(["GET", "POST"])
def ask(request: StaffRequest) -> HttpResponse:
    """Ask for a sheet; the filters of the donor list come along."""
    branches = Branch.objects.visible_to(request.scope).filter(active=True).order_by("path")
    start = {name: request.GET.get(name, "") for name in ("state", "whose", "mark")}
    form = AskExport(
        request.POST if request.method == "POST" else None,
        branches=branches,
        held=[p for p in (Permission.TYPING_VIEW,) if request.holds(p)],
        initial={**start, "branch": branches.first()},
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            made = asking.ask(**form.asked(), by=request.actor, at=request.at)
        if attempt.ok:
            return redirect("donors:export", pk=made.pk)
    context = {"form": form, "crumbs": _crumbs(_("A new sheet"))}
    return render(request, "registry/donors/export_ask.html", context, status=422 if form.errors else 200)


@requires(Permission.DONOR_EXPORT)
@require_GET
def export(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show how far a sheet is. htmx asks for that alone until it is ready."""
    found = Export.objects.visible_to(request.scope).select_related("branch")
    one = get_object_or_404(found, pk=pk)
    standing = standings_of([one])[one.pk]
    context = {
        "export": one,
        "standing": standing,
        "fields": asking.fields_of(one),
        "filters": _filters_in_words(one),
        "asker": Names.of([one.by_id]).get(one.by_id),
        "own": one.by_id == str(request.staff.pk),
        "job": standing.job,
        "waits": standing.job is not None and standing.job.waits_for_worker(request.at),
        "fits": (one.people or 0) < settings.SHEET_ROWS_MOST,
        "crumbs": _crumbs(_("Sheet")),
    }
    page = "registry/donors/export.html" + ("#state" if request.htmx else "")
    response = render(request, page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(Permission.DONOR_EXPORT)
@require_POST
def go_on(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Go on with a sheet whose making was stopped."""
    one = _own(request, pk)
    with Attempt(request):
        asking.begin(one, at=request.at)
    return redirect("donors:export", pk=pk)


@login.fresh
@requires(Permission.DONOR_EXPORT)
@require_POST
def take(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Hand a finished sheet out to whoever asked for it and still may."""
    one = _own(request, pk)
    form = Form.CSV if request.POST.get("form") == Form.CSV else Form.XLSX
    with Attempt(request) as attempt:
        content = taking.take(one, form, by=request.actor, at=request.at)
    if not attempt.ok:
        return redirect("donors:export", pk=pk)
    name = f"donors-{timezone.localdate(one.asked_at):%Y%m%d}.{form}"
    return downloads.attachment(content, TYPES[form], name)


@requires(Permission.DONOR_EXPORT)
@require_POST
def discard(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Destroy a sheet, stop its making, and take back what a second person was asked."""
    one = _own(request, pk)
    with Attempt(request) as attempt:
        if (job := asking.job_of(one)) is not None and not job.has_ended:
            jobs.ask_to_stop(job, by=request.actor, at=request.at)
        asking.take_back(one, by=request.actor, at=request.at)
        taking.throw_away(Export.objects.filter(pk=one.pk), by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("The sheet is destroyed."))
    return redirect("donors:exports")


def _own(request: StaffRequest, pk: UUID) -> Export:
    found = Export.objects.visible_to(request.scope).filter(by_id=str(request.staff.pk))
    return get_object_or_404(found.select_related("branch"), pk=pk)


def _filters_in_words(one: Export) -> list[object]:
    """Return the filters as the donor list says them."""
    found = []
    for name, value in one.filters.items():
        choices = dict(Filters.base_fields[name].choices)  # type: ignore[attr-defined]
        found.append(choices.get(value, value))
    return found


def _crumbs(words: str) -> list[tuple[str, str]]:
    return crumbs(None, (_("Sheets"), reverse("donors:exports")), (words, ""))
