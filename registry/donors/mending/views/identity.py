"""Correcting who somebody is, the document being seen."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import vault
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.donors import queries
from registry.donors.actions import identity
from registry.donors.mending import forms
from registry.donors.models import Donor, NationalState
from registry.donors.views.common import crumbs, seen_donor


@requires(Permission.DONOR_CORRECT)
@require_http_methods(["GET", "POST"])
def correct(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Read the document anew; the record is compared with it, and not shown."""
    donor = seen_donor(request, pk)
    form = forms.CorrectIdentity(
        request.POST if request.method == "POST" else None,
        on=timezone.localdate(request.at),
        fifteen=donor.legacy,
    )
    other = None
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            broken = _correct(request, donor, form)
        if attempt.ok:
            _say(request, donor, broken)
            return redirect("donors:detail", pk=donor.pk)
        other = _whose(request, donor, form)
    context = {
        "donor": donor,
        "name": queries.masked_names([donor])[0],
        "form": form,
        "other": other,
        "crumbs": crumbs(donor, (_("Correct the identity"), "")),
    }
    return render(
        request, "registry/donors/mending/identity.html", context, status=422 if form.errors else 200
    )


def _correct(request: StaffRequest, donor: Donor, form: forms.CorrectIdentity) -> list[str]:
    said = form.cleaned_data
    return identity.correct_identity(
        donor,
        form.identity,
        seen=said["kind"],
        reason=said["reason"],
        by=request.actor,
        at=request.at,
    )


def _say(request: StaffRequest, donor: Donor, broken: list[str]) -> None:
    messages.success(request, _("Corrected. What was written before is kept, sealed."))
    for sentence in broken:
        messages.warning(request, sentence)
    if broken and Donor.objects.get(pk=donor.pk).state == "ON_HOLD":
        messages.warning(request, _("The donor is paused until somebody has decided."))
    if donor.national_state != NationalState.NONE:
        messages.warning(request, _("The national register knows the old values. Correct them there too."))


def _whose(request: StaffRequest, donor: Donor, form: forms.CorrectIdentity) -> Donor | None:
    """Return the record that has this document, where the reader may join the two."""
    if form.document is None or not request.holds(Permission.DONOR_MERGE):
        return None
    index = vault.index.document(form.document.kind, form.document.number)
    seen = Donor.objects.visible_to(request.scope).filter(subject__document_index__in=index.each)
    return seen.exclude(pk=donor.pk).first()
