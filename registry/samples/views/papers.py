"""What is printed: labels and manifests, as PDF or a page that prints the same; manifests as workbooks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from foundation import moves, trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, downloads
from foundation.papers import pdf, sheets
from registry.samples import forms, labels, queries
from registry.samples.manifest import Line, table
from registry.samples.models import Batch, Sample
from registry.samples.views.places import places


@require_http_methods(["GET", "POST"])
@requires(Permission.SAMPLE_COLLECT, Permission.SAMPLE_DISPATCH)
def print_labels(request: StaffRequest) -> HttpResponse:
    """Print labels with new barcodes, or again for tubes that have theirs."""
    drive = queries.drive_to_label(request.scope, request.GET.get("drive", ""))
    start = {"reason": forms.PrintReason.FOR_A_DRIVE, "how_many": drive.lacking if drive else None}
    form = forms.Labels(request.POST or None, initial=start)
    if form.is_valid():
        with Attempt(request, form) as attempt:
            codes = _codes(request, form)
        if attempt.ok:
            asked = form.cleaned_data
            pages = labels.pages(codes, sheet=asked["sheet"], copies=asked["copies"])
            facts: dict[str, Any] = {"labels": len(codes)} | ({"drive": str(drive.pk)} if drive else {})
            trail.record("labels.printed", by=request.actor, at=request.at, reason=asked["reason"], **facts)
            return _paper(request, "registry/samples/label_sheets.html", {"pages": pages}, "labels.pdf")
    return render(
        request,
        "registry/samples/labels.html",
        {"form": form, "drive": drive, **places(request)},
        status=422 if form.errors else 200,
    )


@require_POST
@requires(Permission.SAMPLE_DISPATCH, Permission.SAMPLE_RECEIVE)
def manifest(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Print the manifest of a sealed box, or hand it out as a workbook: barcodes only."""
    boxes = Batch.objects.visible_to(request.scope).exclude(manifest_sha256="")
    box = get_object_or_404(boxes.select_related("laboratory", "from_branch"), pk=pk)
    form = forms.Print(request.POST)
    if not form.is_valid():
        return redirect("samples:home")
    lines = queries.manifest_lines(box)
    reason = form.cleaned_data["reason"]
    trail.record("manifest.printed", by=request.actor, at=request.at, object=box, reason=reason)
    if lines is not None and request.POST.get("form") == "xlsx":
        return _workbook(box, lines)
    context = {"box": box, "lines": lines, "at": request.at}
    return _paper(request, "registry/samples/manifest.html", context, f"manifest-{box.code}.pdf")


def _workbook(box: Batch, lines: Iterable[Line]) -> HttpResponse:
    content = b"".join(sheets.stream_xlsx(table(lines)))
    return downloads.attachment(content, downloads.XLSX, f"manifest-{box.code}.xlsx")


def _codes(request: StaffRequest, form: forms.Labels) -> list[str]:
    """Return the barcodes to print; those to print again must be of one's own tubes."""
    again: list[str] = form.cleaned_data["again"]
    ours = set(
        Sample.objects.visible_to(request.scope).filter(barcode__in=again).values_list("barcode", flat=True)
    )
    if strange := [code for code in again if code not in ours]:
        raise moves.Refused([labels.not_ours(code) for code in strange[:10]])
    return again + labels.new_codes(form.cleaned_data["how_many"] or 0)


def _paper(request: StaffRequest, template: str, context: dict[str, Any], name: str) -> HttpResponse:
    """Answer with a PDF, or where none can be made with the page that prints the same."""
    try:
        content = pdf.render(template, context, request)
    except pdf.NoPdf:
        return render(request, template, context)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
