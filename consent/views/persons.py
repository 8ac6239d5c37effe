"""One person: withdraw a consent, their receipt, and to whom their data went."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent import actions, documents, forms, people, queries, receipts
from consent.models import Consent
from consent.purposes import CORE
from consent.views.reach import person_or_404, within
from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from foundation.papers import pdf
from foundation.vault import Capacity, Subject

RECRUITMENT = "hpc_recruitment"


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
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: StaffRequest, pk: UUID, line: str = "") -> HttpResponse:
    """Let a person sign the text in force anew, or answer one of its lines."""
    subject = person_or_404(request, pk)
    text = queries.text_in_force(RECRUITMENT, request.at)
    stays = subject.capacity == Capacity.DONOR and Consent.objects.standing().filter(subject=subject).exists()
    if not stays or (line and line not in {one.key for one in text.structure()}):
        raise Http404  # who has left comes back by a door of the donors' room
    form = forms.LinesForm(
        request.POST if request.method == "POST" else None,
        text=text,
        language=_language(request),
        teach_back=not line,
        only=[line] if line else (),
        initial=_ticked(subject.pk, line),
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            _record(request, subject, form)
        if attempt.ok:
            messages.success(request, _("Recorded."))
            return redirect(people.one(subject).url or reverse("consent:receipt", args=[subject.pk]))
    context = {"form": form, "person": people.one(subject), "line": line}
    return render(request, "consent/sign.html", context, status=422 if form.errors else 200)


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


def _record(request: StaffRequest, subject: Subject, form: forms.LinesForm) -> None:
    result = form.result()
    actions.record(
        subject,
        text=form.text,
        language=form.body.language,
        given=result.given,
        declined=result.declined,
        evidence=result.evidence,
        teach_back=result.teach_back,
        by=request.actor,
        at=request.at,
    )


def _ticked(subject_id: UUID, line: str) -> dict[str, list[str]]:
    """Return what stands, ticked: for one line that is changed, not for a text that is signed anew."""
    if not line:
        return {}
    standing = Consent.objects.standing().filter(subject=subject_id, line=line)
    return {f"tick_{line}": list(standing.values_list("purpose", flat=True))}


def _language(request: StaffRequest) -> str:
    own = request.LANGUAGE_CODE
    return own if own in documents.LANGUAGES else documents.LANGUAGES[0]
