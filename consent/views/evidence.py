"""Scans: which are missing, bringing one, and twenty on a page for a second person's eye."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from consent import actions, forms, people, queries, scans, signatures
from consent.models import Consent, Evidence
from consent.purposes import Purpose
from consent.states import EvidenceKind, State
from consent.views.reach import places, within
from foundation import trail, vault
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from foundation.pages.uploads import takes_files


@requires(Permission.CONSENT_RECORD)
@require_safe
def missing(request: StaffRequest) -> HttpResponse:
    """List the signed papers whose scan is to be brought."""
    rows = within(request, Evidence.objects.missing().select_related("subject"))
    page = paginate(rows, request.GET, key="id")
    shown = people.described([one.subject for one in page.items])
    listed = [(one, shown[one.subject_id]) for one in page.items]
    return render(
        request, "consent/missing.html", {"page": page, "listed": listed, "consent_places": places(request)}
    )


@requires(Permission.CONSENT_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
@takes_files("CONSENT_SCAN_LARGEST_MB")
def attach(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Bring the scan of one signed paper."""
    proof = get_object_or_404(within(request, Evidence.objects.missing().select_related("subject")), pk=pk)
    posted = request.method == "POST"
    form = forms.Scan(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.attach_scan(
                proof.subject, form.cleaned_data["scan"], by=request.actor, at=request.at, evidence=proof
            )
        if attempt.ok:
            messages.success(request, _("The scan is here. A colleague verifies it."))
            return redirect("consent:missing")
    context = {
        "form": form,
        "proof": proof,
        "person": people.one(proof.subject),
        "purposes": _purposes(proof),
    }
    return render(request, "consent/attach.html", context, status=422 if form.errors else 200)


@requires(Permission.CONSENT_RECORD)
@require_safe
def file(request: StaffRequest, pk: UUID, slot: str = "") -> HttpResponse:
    """Hand out a scan, or one drawn signature, as an attachment. Each look is written down."""
    proof = get_object_or_404(within(request, Evidence.objects.select_related("subject")), pk=pk)
    content = vault.open_one(proof, "content")["content"]
    if not isinstance(content, bytes):
        raise Http404
    kind = proof.content_type
    if proof.kind == EvidenceKind.SCREEN_SIGNATURE:
        content, kind = _signature(content, slot), scans.PNG
    trail.record("evidence.opened", by=request.actor, at=request.at, object=proof, slot=slot)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = (
        f'attachment; filename="consent-{str(proof.pk)[-12:]}.{scans.SUFFIX[kind]}"'
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@requires(Permission.CONSENT_VERIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: StaffRequest) -> HttpResponse:
    """Show twenty signings that somebody else took, and bring those in order into force."""
    rows = within(request, queries.to_verify(request.scope, by_id=request.actor.id))
    page = paginate(rows.prefetch_related("consents"), request.GET, key="id", per=settings.CONSENT_ON_A_PAGE)
    form = None
    if request.method == "POST":
        form = forms.Verify(request.POST, offered=[str(one.pk) for one in page.items])
        if form.is_valid() and _verify(request, form, page.items):
            return redirect("consent:verify")
    shown = people.described([one.subject for one in page.items], opened=True)
    _note_names(request, page.items)
    witnesses = vault.open(page.items, ["witness"])
    proofs = [
        {
            "proof": one,
            "person": shown[one.subject_id],
            "purposes": _purposes(one),
            "witness": opened["witness"],
        }
        for one, opened in zip(page.items, witnesses, strict=True)
    ]
    context = {"page": page, "proofs": proofs, "form": form, "consent_places": places(request)}
    return render(request, "consent/verify.html", context, status=422 if form and form.errors else 200)


@requires(Permission.CONSENT_VERIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Send one scan back, with the reason."""
    proof = get_object_or_404(within(request, Evidence.objects.verifiable().select_related("subject")), pk=pk)
    form = forms.Return(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.return_scan(proof, because=form.cleaned_data["because"], by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Sent back. It stands on the list of missing scans."))
            return redirect("consent:verify")
    context = {"form": form, "proof": proof, "person": people.one(proof.subject)}
    return render(request, "consent/send_back.html", context, status=422 if form.errors else 200)


def _note_names(request: StaffRequest, proofs: list[Evidence]) -> None:
    """
    Write down that these people were shown by name because verifying is the reader's own work.

    Whether the right name stands on a paper cannot be told from a mask.
    """
    trail.record_many(
        trail.Entry(
            "person.named",
            request.actor,
            request.at,
            object=proof,
            branch=str(proof.subject.branch_id),
            facts={"task": "consent.verify"},
        )
        for proof in proofs
    )


def _verify(request: StaffRequest, form: forms.Verify, offered: list[Evidence]) -> bool:
    """Verify each signing by itself, so that one that is refused does not hold the others back."""
    good = {one.pk: one for one in offered if str(one.pk) in form.cleaned_data["good"]}
    done = 0
    for proof in good.values():
        with Attempt(request, form) as attempt:
            actions.verify(
                Consent.objects.filter(evidence=proof, state=State.SIGNED), by=request.actor, at=request.at
            )
        done += attempt.ok
    if done:
        messages.success(
            request,
            ngettext("%(n)d signing is in force.", "%(n)d signings are in force.", done) % {"n": done},
        )
    return done == len(good)


def _purposes(proof: Evidence) -> list[Any]:
    return [
        Purpose(one.purpose).label
        for one in sorted(proof.consents.all(), key=lambda one: queries.ORDER[one.purpose])
    ]


def _signature(content: bytes, slot: str) -> bytes:
    try:
        return signatures.unpack(content)[slot]
    except (signatures.NotASignature, KeyError) as fault:
        raise Http404 from fault
