"""The sign-in sheet of a drive: on paper, or as a workbook; for a reason, with each name written down."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from foundation import trail
from foundation.access import Permission, StaffRequest, login, requires
from foundation.pages import downloads
from foundation.papers import pdf, sheets
from registry.drives import queries, signing_in
from registry.drives.forms.lists import SignIn
from registry.drives.models import Drive
from registry.drives.signing_in import SignInSheet
from registry.drives.views.board import note_names
from registry.drives.views.fetching import drive_of

PAPER = "registry/drives/sign_in_paper.html"


@login.fresh
@require_http_methods(["GET", "POST"])
@requires(Permission.DONOR_EXPORT)
def sign_in(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask what the sheet is for, then hand it out."""
    drive = drive_of(request, pk)
    day = queries.day_of(drive, timezone.localdate(request.at))
    form = SignIn(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = form.cleaned_data
        sheet = signing_in.sheet_of(drive, day, scope=request.scope, empty=asked["empty"])
        _write_down(request, drive, sheet, asked["reason"])
        as_workbook = request.POST.get("form") == "xlsx"
        return _workbook(sheet) if as_workbook else _paper(request, drive, sheet, day)
    context = {"drive": drive, "day": day, "form": form}
    return render(request, "registry/drives/sign_in.html", context, status=422 if form.errors else 200)


def _write_down(request: StaffRequest, drive: Drive, sheet: SignInSheet, reason: str) -> None:
    trail.record(
        "sign_in_sheet.printed",
        by=request.actor,
        at=request.at,
        object=drive,
        branch=drive.branch_id,
        reason=reason,
        people=len(sheet.donors),
        expected=sheet.expected,
    )
    note_names(request, drive, sheet.donors, [])


def _workbook(sheet: SignInSheet) -> HttpResponse:
    content = b"".join(sheets.stream_xlsx([signing_in.HEADER, *sheet.rows]))
    return downloads.attachment(content, downloads.XLSX, "sign-in.xlsx")


def _paper(request: StaffRequest, drive: Drive, sheet: SignInSheet, day: object) -> HttpResponse:
    """Answer with a PDF, or where none can be made with the page that prints the same."""
    context = {"drive": drive, "day": day, "header": signing_in.HEADER, "rows": sheet.rows}
    try:
        content = pdf.render(PAPER, context, request)
    except pdf.NoPdf:
        return render(request, PAPER, context)
    return downloads.attachment(content, downloads.PDF, "sign-in.pdf")
