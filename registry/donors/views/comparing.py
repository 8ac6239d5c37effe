"""The monthly reconciliation: hand the national register's sheet in, and settle what differs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.access import Branch, Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from foundation.pages.uploads import takes_files
from registry.donors import queries
from registry.donors.forms.national import Settle, TheirSheet
from registry.donors.models import NationalFinding, NationalSheet, Settlement, Verdict
from registry.donors.national import comparing, settling
from registry.donors.views.common import crumbs, short

EARLIER = 12  # sheets below the form: a year
ORDER = (Verdict.DIFFERING, Verdict.ONLY_HERE, Verdict.ONLY_THERE)


@requires(Permission.DONOR_LIST)
@require_http_methods(["GET", "POST"])
@takes_files("UPLOAD_LARGEST_MB")
def compare(request: StaffRequest) -> HttpResponse:
    """Take a sheet, and show those that were compared before."""
    branches = Branch.objects.visible_to(request.scope).filter(active=True).order_by("path")
    posted = request.method == "POST"
    form = TheirSheet(
        request.POST if posted else None,
        request.FILES if posted else None,
        branches=branches,
        initial={"branch": branches.first()},
    )
    if posted and form.is_valid():
        file = form.cleaned_data["sheet"]
        with Attempt(request, form) as attempt:
            made, _job = comparing.hand_in(
                form.cleaned_data["branch"], file.read(), name=file.name, by=request.actor, at=request.at
            )
        if attempt.ok:
            return redirect("donors:national-compared", pk=made.pk)
    seen = NationalSheet.objects.visible_to(request.scope).select_related("branch")
    context = {
        "form": form,
        "earlier": seen.defer("content", "name").order_by("-id")[:EARLIER],
        "here": "compare",
        "crumbs": crumbs(None, (_("National register"), "")),
    }
    return render(
        request, "registry/donors/national_compare.html", context, status=422 if form.errors else 200
    )


@requires(Permission.DONOR_LIST)
@require_GET
def compared(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what comparing found. htmx asks for that alone until it has ended."""
    sheet = _sheet(request, pk)
    job = comparing.job_of(sheet)
    verdict = request.GET.get("verdict", "")
    verdict = verdict if verdict in Verdict.values else _first_open(sheet)
    found = sheet.findings.filter(verdict=verdict, settled_as="").select_related("donor")
    page = paginate(found, request.GET, key="id")
    context = {
        "sheet": sheet,
        "job": job,
        "waits": job is not None and job.waits_for_worker(request.at),
        "counts": _counts(sheet, verdict),
        "page": page,
        "rows": _rows(page.items),
        "settled": sheet.findings.exclude(settled_as="").count(),
        "crumbs": crumbs(
            None, (_("National register"), reverse("donors:national-compare")), (_("Sheet"), "")
        ),
    }
    template = "registry/donors/national_compared.html" + ("#state" if request.htmx else "")
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(Permission.DONOR_LIST)
@require_POST
def settle(request: StaffRequest, pk: UUID, finding_id: UUID) -> HttpResponse:
    """Settle one finding as the reader decided."""
    sheet = _sheet(request, pk)
    finding = get_object_or_404(sheet.findings.select_related("donor"), pk=finding_id)
    finding.sheet = sheet
    form = Settle(request.POST)
    if form.is_valid():
        with Attempt(request):
            way = Settlement(form.cleaned_data["way"])
            settling.settle(finding, way, by=request.actor, at=request.at)
    return redirect(f"{reverse('donors:national-compared', args=[pk])}?verdict={finding.verdict}")


def _sheet(request: StaffRequest, pk: UUID) -> NationalSheet:
    seen = NationalSheet.objects.visible_to(request.scope).select_related("branch")
    return get_object_or_404(seen.defer("content", "name"), pk=pk)


def _first_open(sheet: NationalSheet) -> str:
    left = set(sheet.findings.filter(settled_as="").values_list("verdict", flat=True).distinct())
    return next((verdict for verdict in ORDER if verdict in left), Verdict.DIFFERING)


def _counts(sheet: NationalSheet, chosen: str) -> list[dict[str, Any]]:
    left = sheet.findings.filter(settled_as="").order_by().values_list("verdict")
    found = dict(left.annotate(Count("id")))
    return [
        {"verdict": v.value, "words": v.label, "n": found.get(v.value, 0), "here": v == chosen} for v in ORDER
    ]


def _rows(findings: list[NationalFinding]) -> list[dict[str, Any]]:
    donors = [finding.donor for finding in findings if finding.donor is not None]
    names = dict(zip([donor.pk for donor in donors], queries.masked_names(donors), strict=True))
    return [
        {
            "finding": finding,
            "donor": finding.donor,
            "name": names.get(finding.donor_id) if finding.donor_id else "",
            "short": short(finding.donor) if finding.donor else "",
            "ways": [(way.value, way_words(way)) for way in settling.ways_of(finding)],
        }
        for finding in findings
    ]


def way_words(way: Settlement) -> str:
    """Return a way to settle as the button says it."""
    return {
        Settlement.OUT: _("Write it down"),
        Settlement.TAKEN: _("Take their number and day"),
        Settlement.TO_SEND: _("Enter there again"),
        Settlement.ASKED: _("I have asked the national register"),
        Settlement.LEFT: _("Nothing to change here"),
    }[way]
