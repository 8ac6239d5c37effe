"""The laboratory's side: boxes that come, counted in by scanning. Barcodes only, never a name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from registry.donors import actions as donors
from registry.donors.mending.forms import DisputeTyping
from registry.samples import actions, forms, queries
from registry.samples.models import Batch, Sample
from registry.samples.states import MAY_BE_REJECTED, SampleState


@require_GET
@requires(Permission.SAMPLE_RECEIVE)
def incoming(request: StaffRequest) -> HttpResponse:
    """List the boxes that were sent to one's laboratory."""
    found = Batch.objects.sent_to(request.scope).with_counts().select_related("from_branch")
    context = {
        "page": paginate(found, request.GET),
        "to_type": Sample.objects.sent_to(request.scope).filter(state=SampleState.RECEIVED).count(),
        "to_destroy": Sample.objects.sent_to(request.scope).to_be_destroyed().count(),
    }
    return render(request, "registry/samples/incoming.html", context)


@require_GET
@requires(Permission.SAMPLE_RECEIVE)
def receipt(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a box as it is counted in."""
    return _show(request, _box(request, pk), forms.CountIn())


@require_POST
@requires(Permission.SAMPLE_RECEIVE)
def count_in(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Count the scanned tube in."""
    box, form = _box(request, pk), forms.CountIn(request.POST)
    if form.is_valid():
        with Attempt(request, form) as attempt:
            sample = actions.receive(box, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            _say_what_came(request, sample)
            if not request.htmx:
                return redirect("samples:receipt", pk=pk)
            form = forms.CountIn()
    return _show(request, box, form)


@require_http_methods(["GET", "POST"])
@requires(Permission.SAMPLE_RECEIVE)
def reject(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Turn a tube away, with what is wrong with it."""
    sent = Sample.objects.sent_to(request.scope).select_related("donor", "batch__laboratory")
    open_states = [*MAY_BE_REJECTED, SampleState.DESTRUCTION_ORDERED]
    sample = get_object_or_404(sent.filter(state__in=open_states), pk=pk)
    lost = {"reason": "LOST"} if sample.arrived_at is None else {}
    form = forms.Reject(request.POST or None, initial=lost)
    if form.is_valid():
        with Attempt(request, form) as attempt:
            on = sample.batch.laboratory if sample.batch else None
            actions.reject(sample, reason=form.cleaned_data["reason"], by=request.actor, at=request.at, on=on)
        if attempt.ok:
            messages.success(request, _("%(code)s was turned away.") % {"code": sample.barcode})
            return redirect("samples:receipt", pk=sample.batch_id)
    status = 422 if form.errors else 200
    return render(request, "registry/samples/reject.html", {"form": form, "sample": sample}, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.TYPING_DISPUTE)
def doubt(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Doubt the typing of a tube of one's own laboratory, and name the tubes it was mixed up with."""
    sent = Sample.objects.sent_to(request.scope).select_related("donor", "batch__laboratory")
    sample = get_object_or_404(sent.filter(state__in=[SampleState.RECEIVED, SampleState.TYPED]), pk=pk)
    box = Batch.objects.sent_to(request.scope).filter(samples=sample)  # no box of another laboratory
    near = [(str(one.donor_id), one.barcode) for one in queries.beside(sample.donor, box)]
    form = DisputeTyping(request.POST if request.method == "POST" else None, others=near)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with Attempt(request, form) as attempt:
            done = donors.dispute(
                sample.donor,
                reason=said["reason"],
                others=[UUID(one) for one in said["others"]],
                by=request.actor,
                at=request.at,
                on=sample.batch.laboratory if sample.batch else None,
            )
        if attempt.ok:
            held = len(done.held)
            messages.success(request, _("The typing of %(code)s is set aside.") % {"code": sample.barcode})
            words = ngettext("%(n)d other donor is paused.", "%(n)d other donors are paused.", held)
            messages.success(request, words % {"n": held})
            return redirect("samples:receipt", pk=sample.batch_id)
    status = 422 if form.errors else 200
    return render(request, "registry/samples/doubt.html", {"form": form, "sample": sample}, status=status)


@require_POST
@requires(Permission.SAMPLE_RECEIVE)
def finish(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say that the box is counted."""
    with Attempt(request) as attempt:
        actions.finish_receipt(_box(request, pk), by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("Every tube of this box is accounted for."))
    return redirect("samples:receipt", pk=pk)


def _say_what_came(request: StaffRequest, sample: Sample) -> None:
    if sample.state == SampleState.DESTRUCTION_ORDERED:
        messages.warning(
            request, _("%(code)s is to be destroyed: do not type it.") % {"code": sample.barcode}
        )
    else:
        messages.success(request, _("%(code)s is here.") % {"code": sample.barcode})


def _box(request: StaffRequest, pk: UUID) -> Batch:
    sent = Batch.objects.sent_to(request.scope).select_related("laboratory", "from_branch")
    return get_object_or_404(sent, pk=pk)


def _show(request: StaffRequest, box: Batch, form: forms.CountIn) -> HttpResponse:
    context: dict[str, Any] = {
        "box": _box(request, box.pk),
        "form": form,
        "tubes": list(box.samples.order_by("barcode")),
        "tally": queries.count_in(box),
        "print": forms.Print(initial={"reason": forms.PrintReason.CHECK}),
    }
    part = "#box" if request.htmx else ""
    status = 422 if form.errors and not request.htmx else 200  # htmx swaps in a fragment only with 200
    response = render(request, f"registry/samples/receipt.html{part}", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
