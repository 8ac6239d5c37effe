"""The public page for a new number, which answers everybody alike; and the cards that lead there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.access import Branch, Permission, StaffRequest, requires
from foundation.papers import codes, pdf
from foundation.papers.pdf import NoPdf
from registry.donors import strangers
from registry.donors.moved import actions
from registry.donors.moved.forms import NewNumber
from registry.donors.strangers import StrangerRequest

WRONG, CROWDED = 422, 429
ON_A_SHEET = 10  # cards of 85 x 54 mm on A4, two beside each other
REASON = "somebody leaves a new number; everybody is answered alike, and nobody is looked up"


@strangers.for_strangers(reason=REASON)
@require_http_methods(["GET", "HEAD", "POST"])
def moved(request: StrangerRequest, pk: UUID | None = None) -> HttpResponse:
    """Take a name, a document and a new number; thank for it, whoever it is."""
    on = timezone.localdate(request.at)
    form = NewNumber(request.POST if request.method == "POST" else None, on=on)
    context = {"form": form, "sender": _sender(pk)}
    if request.method == "POST" and _is_crowded(request):
        return render(request, "registry/donors/moved/crowded.html", context, status=CROWDED)
    if request.method == "POST" and form.is_valid() and form.document is not None:
        said = form.cleaned_data
        try:
            actions.put_down(form.document, name=said["name"], phone=said["phone"], at=request.at)
        except actions.TooManyWait:
            return render(request, "registry/donors/moved/crowded.html", context, status=CROWDED)
        return redirect("moved:thanks_at", pk) if pk else redirect("moved:thanks")
    status = WRONG if form.errors else 200
    return render(request, "registry/donors/moved/form.html", context, status=status)


@strangers.for_strangers(reason=REASON)
@require_safe
def thanks(request: StrangerRequest, pk: UUID | None = None) -> HttpResponse:
    """Say what happens now; the same to everybody, with nothing of what was typed."""
    return render(request, "registry/donors/moved/thanks.html", {"sender": _sender(pk)})


@requires(Permission.DRIVE_MANAGE, Permission.DONOR_ENROL, Permission.DONOR_VIEW)
@require_safe
def cards(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a sheet of cards to hand out: where to leave a new number."""
    return render(request, "registry/donors/moved/cards.html", _cards(request, pk))


@requires(Permission.DRIVE_MANAGE, Permission.DONOR_ENROL, Permission.DONOR_VIEW)
@require_safe
def cards_pdf(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give the sheet as a PDF; where none can be made, the page that prints."""
    context = _cards(request, pk)
    try:
        content = pdf.render("registry/donors/moved/cards_paper.html", context)
    except NoPdf:
        messages.warning(request, _("No PDF can be made on this machine. Print this page instead."))
        return redirect("moved:cards", pk)
    headers = {"Content-Disposition": 'attachment; filename="cards.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _cards(request: StaffRequest, pk: UUID) -> dict[str, Any]:
    branch = get_object_or_404(Branch.objects.visible_to(request.scope), pk=pk)
    there = request.build_absolute_uri(reverse("moved:at", args=[branch.pk]))
    return {"branch": branch, "address": there, "code": codes.qr_svg(there), "places": range(ON_A_SHEET)}


def _is_crowded(request: StrangerRequest) -> bool:
    return strangers.are_too_many(request, "moved", most=settings.MOVED_PER_ADDRESS)


def _sender(pk: UUID | None) -> dict[str, str] | None:
    """Return the branch whose card it is; a card of one that is no more leads to the plain page."""
    branch = Branch.objects.filter(pk=pk, active=True).first() if pk else None
    return {"name": branch.name, "phone": branch.phone} if branch else None
