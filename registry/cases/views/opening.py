"""Notices come in: one by a form, many in a file; what is wrong with a row comes back to be mended."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from foundation.pages.downloads import XLSX, attachment
from foundation.pages.uploads import takes_files
from foundation.papers import sheets
from foundation.papers.sheets import SheetProblem
from registry.cases import actions, incoming, notices
from registry.cases.actions.opening import CAN_BE_KEPT
from registry.cases.forms.opening import NoticeForm, NoticesForm
from registry.cases.models import MatchCase
from registry.cases.queries.finding import donor_meant
from registry.cases.views.common import crumbs
from registry.donors import queries as donors
from registry.donors.models import Donor
from registry.donors.states import DonorState

_SALT: Final = "cases.rows-to-mend"
_KEPT_SECONDS: Final = 24 * 60 * 60  # for which the page hands its rows out again
PATTERN: Final = ("N2026-0001", "", "P-0001", "高分辨", "10/10", "2026-11-20", "2026-11-19", "国内")


@requires(Permission.CASE_OPEN)
@require_http_methods(["GET", "POST"])
def open_case(request: StaffRequest) -> HttpResponse:
    """Enter one notice; ``?donor=`` is the id of a donor from whose page one came."""
    known = _known_donor(request)
    form = NoticeForm(
        request.POST if request.method == "POST" else None,
        known_donor=known is not None,
        initial={"received_on": timezone.localdate(request.at)},
    )
    if request.method == "POST" and form.is_valid():
        donor = known or donor_meant(form.cleaned_data["donor_number"], scope=request.scope)
        if donor is None:
            form.add_error("donor_number", incoming.not_ours())
        else:
            with Attempt(request, form) as attempt:
                made = actions.take_notice(
                    donor,
                    patient_code=form.cleaned_data["patient_code"],
                    notice=form.notice,
                    by=request.actor,
                    at=request.at,
                )
            if attempt.ok:
                return _after(request, made)
    context = {
        "form": form,
        "donor": known,
        "name": donors.masked_names([known])[0] if known else "",
        "crumbs": crumbs(request, None, _("Enter a notice")),
    }
    return render(request, "registry/cases/open.html", context, status=422 if form.errors else 200)


def _known_donor(request: StaffRequest) -> Donor | None:
    asked = request.GET.get("donor", "")
    if not asked:
        return None
    try:
        pk = UUID(asked)
    except ValueError:
        raise Http404 from None
    seen = Donor.objects.visible_to(request.scope).select_related("service_branch")
    return get_object_or_404(seen, pk=pk)


def _after(request: StaffRequest, made: object) -> HttpResponse:
    if not isinstance(made, MatchCase):
        messages.success(
            request,
            _("This donor has donated before: the medical reviewer is asked. Their yes opens the match."),
        )
        return redirect("cases:open")
    if made.opened_at != request.at:
        messages.info(request, _("This notice was there already. Here is its match."))
    elif made.state == "WAITING":
        messages.success(request, _("Entered. It waits behind another match, with its own clock."))
    else:
        messages.success(request, _("Entered. The donor is kept for this patient."))
    return redirect("cases:detail", pk=made.pk)


@requires(Permission.CASE_OPEN)
@require_http_methods(["GET", "POST"])
@takes_files("UPLOAD_LARGEST_MB")
def many(request: StaffRequest) -> HttpResponse:
    """Take a file of notices in, and show row by row what became of it."""
    posted = request.method == "POST"
    form = NoticesForm(request.POST if posted else None, request.FILES if posted else None)
    taken: list[incoming.Taken] | None = None
    if posted and form.is_valid():
        taken = _take(request, form)
    context = {
        "form": form,
        "crumbs": crumbs(request, None, _("A file of notices")),
        "headers": notices.HEADERS,
        "report": _report(request, taken) if taken is not None else None,
    }
    return render(request, "registry/cases/notices.html", context, status=422 if form.errors else 200)


def _take(request: StaffRequest, form: NoticesForm) -> list[incoming.Taken] | None:
    file = form.cleaned_data["sheet"]
    taken: list[incoming.Taken] | None = None
    with Attempt(request, form):
        try:
            rows = sheets.read(file.read(), name=file.name or "")
            today = timezone.localdate(request.at)
            lines = notices.read(rows, source=form.cleaned_data["source"], today=today)
        except SheetProblem as problem:
            form.add_error("sheet", problem.sentences)
        else:
            taken = incoming.take(lines, scope=request.scope, by=request.actor, at=request.at)
    return taken


def _report(request: StaffRequest, taken: list[incoming.Taken]) -> dict[str, Any]:
    mend = [[one.line.cells, list(one.sentences)] for one in taken if one.to_mend]
    said = json.dumps([str(request.staff.pk), mend], ensure_ascii=False)
    return {
        "rows": sorted(taken, key=lambda one: (not one.to_mend, one.line.number)),
        "counts": [
            (verdict.label, count, incoming.KINDS[verdict])
            for verdict in incoming.Verdict
            if (count := sum(one.verdict == verdict for one in taken))
        ],
        "to_mend": len(mend),
        "kept": signing.dumps(said, salt=_SALT, compress=True) if mend else "",
    }


@requires(Permission.CASE_OPEN)
@require_POST
def mend(request: StaffRequest) -> HttpResponse:
    """Hand out the rows of a report that came back, as a workbook to be mended and handed in again."""
    try:
        said = signing.loads(request.POST.get("rows", ""), salt=_SALT, max_age=_KEPT_SECONDS)
        whose, rows = json.loads(said)
    except (signing.BadSignature, ValueError, TypeError):
        whose, rows = "", []
    if whose != str(request.staff.pk):
        messages.error(request, _("These rows are not kept any more. Hand the file in again."))
        return redirect("cases:notices")
    header = (*notices.HEADERS, "要改的地方")
    cells = [[*row, " ".join(sentences)] for row, sentences in rows]
    return attachment(sheets.write_xlsx([header, *cells], to_type_in=True), XLSX, "notices-to-mend.xlsx")


@requires(Permission.CASE_OPEN)
@require_GET
def pattern(request: StaffRequest) -> HttpResponse:
    """Hand out an empty file of notices with its headers and one invented row."""
    del request
    return attachment(sheets.write_xlsx([notices.HEADERS, PATTERN], to_type_in=True), XLSX, "notices.xlsx")


def way_in(request: StaffRequest, donor: Donor) -> str:
    """Return where a notice for a donor is entered, "" for who may not, and of who is kept for nobody."""
    if not request.holds(Permission.CASE_OPEN) or donor.state not in {*CAN_BE_KEPT, DonorState.IN_CASE}:
        return ""
    return f"{reverse('cases:open')}?donor={donor.pk}"
