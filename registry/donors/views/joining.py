"""Coming back after a withdrawal: all consents are signed anew, then the guards decide."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent import actions as consents
from consent.forms import LinesForm
from consent.queries import text_in_force
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.donors import actions
from registry.donors.views.common import crumbs, seen_donor


@requires(Permission.DONOR_ENROL)
@require_http_methods(["GET", "POST"])
def rejoin(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take all consents anew and let the person come back, or neither."""
    donor = seen_donor(request, pk)
    text = text_in_force("hpc_recruitment", request.at)
    language = donor.subject.language
    form = LinesForm(request.POST if request.method == "POST" else None, text=text, language=language)
    if request.method == "POST" and form.is_valid():
        result = form.result()
        with Attempt(request, form) as attempt, transaction.atomic():
            consents.record(
                donor.subject,
                text=text,
                language=language,
                given=result.given,
                declined=result.declined,
                evidence=result.evidence,
                teach_back=result.teach_back,
                by=request.actor,
                at=request.at,
                on=donor,
            )
            actions.rejoin(donor, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Welcome back. The seven days to think it over begin again."))
            return redirect("donors:detail", pk=donor.pk)
    context = {"donor": donor, "form": form, "crumbs": crumbs(donor, (_("Come back"), ""))}
    return render(request, "registry/donors/rejoin.html", context, status=422 if form.errors else 200)
