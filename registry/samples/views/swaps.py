"""Ask that two tubes whose labels were mixed up be exchanged."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import moves
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.samples import actions, forms
from registry.samples.models import Sample
from registry.samples.views.places import places


@require_http_methods(["GET", "POST"])
@requires(Permission.SAMPLE_COLLECT)
def swap(request: StaffRequest) -> HttpResponse:
    """Take the two barcodes and how it happened, and ask a second person."""
    form = forms.Swap(request.POST or None, initial={"first": request.GET.get("tube", "")[:20]})
    if form.is_valid():
        with Attempt(request, form) as attempt:
            tubes = [_tube(request, form.cleaned_data[name]) for name in ("first", "second")]
            actions.ask_swap(*tubes, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
        if attempt.ok:
            words = _("A second person was asked. Once they agree, the tubes are exchanged.")
            messages.success(request, words)
            return redirect("samples:list")
    return render(
        request,
        "registry/samples/swap.html",
        {"form": form, **places(request)},
        status=422 if form.errors else 200,
    )


def _tube(request: StaffRequest, code: str) -> Sample:
    ours = Sample.objects.visible_to(request.scope).select_related("donor")
    found = ours.filter(barcode=code).first()
    if found is None:
        raise moves.Refused([_("No tube of this branch has the barcode %(code)s.") % {"code": code}])
    return found
