"""Take a list of this room along as a sheet: for a reason, names masked, written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import trail
from foundation.access import Permission, StaffRequest, login, requires, scope_from
from foundation.pages import downloads
from foundation.papers import sheets as papers
from registry.cases.forms.sheets import WhyTaken
from registry.cases.models import MatchCase
from registry.cases.queries import sheets
from registry.cases.queries.sheets import Sheet
from registry.cases.states import BOARD
from registry.cases.views import after, board, ledger
from registry.cases.views.common import seen_cases

P = Permission
CSV = "csv"


@login.fresh
@requires(P.CASE_VIEW)
@require_http_methods(["GET", "POST"])
def column(request: StaffRequest, key: str) -> HttpResponse:
    """Hand out a column of the board as it is filtered."""
    if key not in BOARD:
        raise Http404
    form, seen = board.asked(request)
    asked = {name: said for name, said in (form.cleaned_data if form.is_valid() else {}).items() if said}
    found = seen.of_column(key).filter(_takes(request))
    return _handed_out(
        request, sheets.of_column(seen, key, found), reverse("cases:column", args=[key]), asked
    )


@login.fresh
@requires(P.CASE_VIEW)
@require_http_methods(["GET", "POST"])
def ledger_cases(request: StaffRequest) -> HttpResponse:
    """Hand out the cases that one number of the ledger counts."""
    asked, found = ledger.cases_counted(request)
    sheet = sheets.of_ledger(found.filter(_takes(request)))
    return _handed_out(request, sheet, reverse("cases:ledger-cases"), asked)


@login.fresh
@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def follow_ups(request: StaffRequest) -> HttpResponse:
    """Hand out whom to ask how they are."""
    taken = after.to_ask(request).filter(case__in=MatchCase.objects.filter(_takes(request)))
    return _handed_out(request, sheets.of_follow_ups(taken), reverse("cases:follow-ups"))


@login.fresh
@requires(P.CASE_CONTACT, P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def contacting(request: StaffRequest) -> HttpResponse:
    """Hand out the matches whose donor is to be reached."""
    taken, today = seen_cases(request).filter(_takes(request)), timezone.localdate(request.at)
    return _handed_out(request, sheets.of_contact(taken, today=today), reverse("cases:contacting"))


def _takes(request: StaffRequest) -> Q:
    """Return the condition for the cases that may stand in a sheet of the reader: where they may export."""
    if not request.holds(P.DONOR_EXPORT):
        raise PermissionDenied
    return MatchCase.objects.all().within(scope_from(request.roles, P.DONOR_EXPORT))


def _handed_out(
    request: StaffRequest, sheet: Sheet, page: str, asked: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Hand a list out and write down who took it for what; back to its page where no reason is given."""
    back = f"{page}?{urlencode(asked)}" if asked else page
    form = WhyTaken(request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return redirect(back)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["reason"])))
        return redirect(back)
    as_text = request.POST.get("form") == CSV
    ids = sheet.gathered(most=None if as_text else settings.SHEET_ROWS_MOST + 1)
    if not as_text and len(ids) >= settings.SHEET_ROWS_MOST:
        messages.error(request, _("The sheet is too long for a workbook. Take it as a table in text."))
        return redirect(back)
    trail.record(
        "cases.list_taken",
        by=request.actor,
        at=request.at,
        branch=request.actor.branch,
        reason=form.cleaned_data["reason"],
        list=sheet.key,
        rows=len(ids),
        filters=dict(asked or {}),
    )
    rows = _in_language(translation.get_language(), sheet.rows(ids))
    name = f"{sheet.key.replace('.', '-')}-{timezone.localdate(request.at):%Y%m%d}"
    if as_text:
        return downloads.attachment(papers.write_csv(rows), downloads.CSV, f"{name}.csv")
    return downloads.attachment(papers.stream_xlsx(rows), downloads.XLSX, f"{name}.xlsx")


def _in_language(language: str, rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield the rows in the reader's language, though they are written after the view has answered."""
    while True:
        with translation.override(language):
            row = next(rows, None)
        if row is None:
            return
        yield row
