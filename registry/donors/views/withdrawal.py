"""Withdrawing, and the receipt that proves what stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation import trail, vault
from foundation.access import Branch, Permission, StaffRequest, requires
from foundation.moves import stops
from foundation.pages import Attempt
from foundation.pages.reveals import within_reveals
from foundation.papers import pdf
from registry.donors import actions, alerts, forms, grid, queries, receipt_parts
from registry.donors.mending.forms import WithdrawByDocument
from registry.donors.models import Donor, Withdrawal, Word
from registry.donors.views.common import crumbs, seen_donor

RECEIPT_SHOWN = timedelta(days=1)  # the desk's own receipt; the record's branch keeps the whole one


@requires(Permission.PERSON_STOP)
@require_http_methods(["GET", "POST"])
def withdraw(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Check two facts and withdraw the donor; never refused, never approved by anybody."""
    donor = seen_donor(request, pk)
    if donor.withdrawals.filter(ended_at__isnull=True).exists():
        return redirect("donors:receipt", pk=donor.pk)
    form = forms.Withdraw(request.POST if request.method == "POST" else None, record=_record(donor))
    if request.method == "POST":
        if not within_reveals(request):  # a way to try facts out must not be endless
            messages.error(request, _("That is many tries in one hour. Please see the person's document."))
        elif form.is_valid():
            with Attempt(request, form) as attempt:
                receipt = _withdraw(donor, form, request)
            if attempt.ok:
                actions.settle(receipt, deadline=request.at + stops.SETTLING)
                return redirect("donors:receipt", pk=donor.pk)
        else:
            trail.refused("donor.facts_wrong", by=request.actor, at=request.at, object=donor)
    context = {
        "donor": donor,
        "form": form,
        "alerts": alerts.of(donor),
        "crumbs": crumbs(donor, (_("Withdraw"), "")),
    }
    return render(request, "registry/donors/withdraw.html", context, status=422 if form.errors else 200)


@requires(Permission.PERSON_STOP)
@require_http_methods(["GET", "POST"])
def by_document(request: StaffRequest) -> HttpResponse:
    """Withdraw somebody whom any branch keeps, by document and birth date; nothing of the record is shown."""
    if not request.holds(Permission.DONOR_VIEW) or not request.actor.branch:
        raise Http404
    form = WithdrawByDocument(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            found = _through_the_door(form, request)
        if attempt.ok and found is not None:
            actions.settle(found, deadline=request.at + stops.SETTLING)
            return redirect("donors:door-receipt", pk=found.pk)
        if attempt.ok:
            form.add_error(None, _("Nobody who is registered fits both facts."))
    context = {"form": form, "crumbs": crumbs(None, (_("Withdraw"), ""))}
    return render(request, "registry/donors/by_document.html", context, status=422 if form.errors else 200)


@requires(Permission.PERSON_STOP)
@require_GET
def door_receipt(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show who wrote a withdrawal down at the door that it was done; nothing of the record, and for a day."""
    mine = Withdrawal.objects.filter(by_id=str(request.staff.pk), word=Word.STAFF_TWO_FACTS)
    found = get_object_or_404(mine.filter(at__gt=request.at - RECEIPT_SHOWN), pk=pk)
    context = {
        "receipt": found,
        "number": str(found.pk)[-8:].upper(),
        "branch": Branch.objects.get(pk=found.by_branch),
        "crumbs": crumbs(None, (_("Receipt"), "")),
    }
    return render(request, "registry/donors/door_receipt.html", context)


@requires(Permission.DONOR_VIEW)
@require_GET
def receipt(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what stopped, when, and what is still to come."""
    donor = seen_donor(request, pk)
    found = _standing(donor)
    trail.record("receipt.viewed", by=request.actor, at=request.at, object=donor)
    context = _receipt(donor, found, request) | {"crumbs": crumbs(donor, (_("Receipt"), ""))}
    return render(request, "registry/donors/receipt.html", context)


@requires(Permission.DONOR_VIEW)
@require_GET
def receipt_paper(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give the receipt as PDF; where none can be made, the page that prints the same."""
    donor = seen_donor(request, pk)
    context = _receipt(donor, _standing(donor))
    trail.record("receipt.printed", by=request.actor, at=request.at, object=donor)
    try:
        paper = pdf.render("registry/donors/receipt_paper.html", context, request)
    except pdf.NoPdf:
        return render(request, "registry/donors/receipt_paper.html", context)
    name = f"receipt-{donor.grid[-8:]}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(paper, content_type="application/pdf", headers=headers)


def _withdraw(donor: Donor, form: forms.Withdraw, request: StaffRequest) -> Withdrawal:
    return actions.withdraw(
        donor,
        by=request.actor,
        at=request.at,
        word=Word.STAFF_TWO_FACTS,
        facts=form.facts,
        reason=form.cleaned_data["reason"],
        destroy_now=form.cleaned_data["samples"] == "now",
    )


def _through_the_door(form: WithdrawByDocument, request: StaffRequest) -> Withdrawal | None:
    said = form.cleaned_data
    return actions.withdraw_by_document(
        kind=said["kind"],
        number=said["number"],
        second=form.second,
        destroy_now=said["samples"] == "now",
        by=request.actor,
        at=request.at,
        on=Branch.objects.get(pk=request.actor.branch),
    )


def _record(donor: Donor) -> dict[str, Any]:
    """Return what the facts are compared with; it is not shown."""
    return {"born_on": donor.born_on, **vault.open_one(donor, "document", "phone")}


def _standing(donor: Donor) -> Withdrawal:
    return get_object_or_404(donor.withdrawals.order_by("-id").select_related("donor__service_branch")[:1])


def _receipt(donor: Donor, found: Withdrawal, request: StaffRequest | None = None) -> dict[str, Any]:
    return {
        **queries.receipt_of(found),
        "parts": receipt_parts.of(found, request),
        "donor": donor,
        "grid": grid.spaced(donor.grid),
        "branch": donor.service_branch,
    }
