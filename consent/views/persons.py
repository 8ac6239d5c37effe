"""One person: withdraw a consent, their receipt, and to whom their data went."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent import actions, forms, people, queries, receipts
from consent.models import Consent
from consent.purposes import CORE
from consent.views.reach import person_or_404, within
from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from foundation.papers import pdf


@requires(Permission.PERSON_STOP)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say first what withdrawing this consent means, then record it."""
    consents = Consent.objects.standing().select_related("subject", "text", "evidence")
    consent = get_object_or_404(within(request, consents), pk=pk)
    person = people.one(consent.subject)
    core = consent.purpose in CORE
    form = forms.Withdraw(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            stopped = actions.withdraw(consent, by=request.actor, at=request.at)
        if attempt.ok:
            if all(stop.ok for stop in stopped):
                messages.success(request, _("Withdrawn. It took effect at once."))
            else:
                messages.warning(
                    request,
                    _("Withdrawn. One thing could not be stopped yet; it is tried again every minute."),
                )
            after = (person.after_withdrawal if core else "") or person.url
            return redirect(after or "consent:receipt", *([] if after else [consent.subject_id]))
    row = queries.Row(consent, "good")
    context = {"form": form, "row": row, "consent": consent, "core": core, "person": person}
    return render(request, "consent/withdraw.html", context, status=422 if form.errors else 200)


@requires(Permission.CONSENT_RECORD)
@require_safe
def receipt(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what a person gets to take home: what they agreed to, in their language, with the text."""
    subject = person_or_404(request, pk)
    trail.record("receipt.viewed", by=request.actor, at=request.at, object=subject)
    context = {"receipt": receipts.of(subject, at=request.at), "person": people.one(subject)}
    with translation.override(subject.language):
        paper = render_to_string("consent/_receipt.html", context)
    return render(request, "consent/receipt.html", {**context, "paper": paper})


@requires(Permission.CONSENT_RECORD)
@require_safe
def receipt_pdf(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Hand out the receipt as PDF; where it cannot be made, the page that prints the same."""
    subject = person_or_404(request, pk)
    with translation.override(subject.language):
        context = {"receipt": receipts.of(subject, at=request.at), "person": people.one(subject)}
        try:
            content = pdf.render("consent/receipt_paper.html", context)
        except pdf.NoPdf:
            return redirect("consent:receipt", pk)
    trail.record("receipt.printed", by=request.actor, at=request.at, object=subject)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{str(subject.pk)[-12:]}.pdf"'
    return response


@requires(Permission.DONOR_VIEW)
@require_safe
def disclosures(request: StaffRequest, pk: UUID) -> HttpResponse:
    """List to whom a person's data went, what of it, and under which consent."""
    subject = person_or_404(request, pk)
    page = paginate(queries.disclosures_of(subject.pk), request.GET, key=("-at", "-id"))
    trail.record("ledger.viewed", by=request.actor, at=request.at, object=subject)
    return render(request, "consent/disclosures.html", {"page": page, "person": people.one(subject)})
