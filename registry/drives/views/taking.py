"""Take the tube of somebody registered already: the drive had none, or the laboratory needs another."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import moves
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.donors.models import Donor
from registry.donors.queries import masked_names
from registry.donors.views.common import short
from registry.drives import queries
from registry.drives.forms.tube import TubeForm
from registry.samples import actions as samples

WRONG = 422  # the page comes back with what was typed and what is wrong


@requires(Permission.SAMPLE_COLLECT)
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: StaffRequest, donor_id: UUID) -> HttpResponse:
    """Note the tube of a registered volunteer; say what is missing before anyone takes it."""
    ours = Donor.objects.visible_to(request.scope).select_related("subject", "drive")
    donor = get_object_or_404(ours, pk=donor_id)
    missing = moves.missing(donor, "collect_sample", by=request.actor, at=request.at)
    if missing is None:
        messages.warning(request, _("Their tube was taken already, or none is needed now."))
        return redirect("donors:detail", pk=donor.pk)
    data = request.POST if request.method == "POST" else None
    form = TubeForm(data, initial={"volume_ml": queries.usual_volume(donor.drive)})
    if not missing and form.is_valid():
        with Attempt(request, form) as attempt:
            samples.collect(donor, **form.cleaned_data, taken_at=request.at, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("The tube is noted."))
            return redirect("donors:detail", pk=donor.pk)
    context = {
        "donor": donor,
        "name": masked_names([donor])[0],
        "short": short(donor),
        "form": form,
        "missing": missing,
    }
    return render(request, "registry/drives/take.html", context, status=WRONG if form.errors else 200)
