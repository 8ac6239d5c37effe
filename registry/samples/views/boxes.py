"""Is this box complete? Fill it by scanning, seal it, send it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation import moves
from foundation.access import Branch, Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from registry.samples import actions, forms, queries
from registry.samples.faults import TubesMayNotGo
from registry.samples.models import Batch
from registry.samples.states import BatchState, SampleState
from registry.samples.views.places import places


@require_GET
@requires(Permission.SAMPLE_DISPATCH)
def boxes(request: StaffRequest) -> HttpResponse:
    """List the boxes of one's branches, the newest first."""
    found = Batch.objects.visible_to(request.scope).with_counts()
    page = paginate(found.select_related("laboratory", "from_branch"), request.GET)
    return render(request, "registry/samples/boxes.html", {"page": page, **places(request)})


@require_http_methods(["GET", "POST"])
@requires(Permission.SAMPLE_DISPATCH)
def open_box(request: StaffRequest) -> HttpResponse:
    """Open a box for a laboratory."""
    form = _opening(request)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            box = actions.open_batch(**form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            return redirect("samples:box", pk=box.pk)
    status = 422 if form.errors else 200
    return render(request, "registry/samples/open_box.html", {"form": form}, status=status)


@require_GET
@requires(Permission.SAMPLE_DISPATCH)
def box(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what is in a box, what is missing, and what may be done with it."""
    return _show(request, _box(request, pk), forms.Scan())


@require_POST
@requires(Permission.SAMPLE_DISPATCH)
def scan(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Lay the scanned tube into the box."""
    this, form = _box(request, pk), forms.Scan(request.POST)
    if form.is_valid():
        with Attempt(request, form) as attempt:
            sample = actions.scan_in(this, form.cleaned_data["barcode"], by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("%(code)s is in the box.") % {"code": sample.barcode})
            if not request.htmx:
                return redirect("samples:box", pk=pk)
            form = forms.Scan()
    return _show(request, this, form)


@require_POST
@requires(Permission.SAMPLE_DISPATCH)
def take_out(request: StaffRequest, pk: UUID, sample: UUID) -> HttpResponse:
    """Take a tube out of the box."""
    this = _box(request, pk)
    tube = get_object_or_404(this.samples.select_related("donor"), pk=sample)
    with Attempt(request) as attempt:
        actions.take_out(tube, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("%(code)s is out of the box.") % {"code": tube.barcode})
    return redirect("samples:box", pk=pk)


@require_POST
@requires(Permission.SAMPLE_DISPATCH)
def seal(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Seal the box and freeze its manifest."""
    with Attempt(request) as attempt:
        actions.seal_batch(_box(request, pk), by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("The box is sealed. Print its manifest and lay it in."))
    return redirect("samples:box", pk=pk)


@require_POST
@requires(Permission.SAMPLE_DISPATCH)
def break_seal(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Open a sealed box again."""
    with Attempt(request) as attempt:
        actions.break_seal(_box(request, pk), by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("The box is open again. Its manifest is void."))
    return redirect("samples:box", pk=pk)


@require_POST
@requires(Permission.SAMPLE_DISPATCH)
def set_aside(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take out every tube that may not go yet."""
    this = _box(request, pk)
    tubes = list(this.samples.select_related("donor__subject"))
    refused = queries.in_the_way(tubes, this, by=request.actor, at=request.at)
    with Attempt(request) as attempt:
        actions.set_aside(this, [each.sample for each in refused], by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("The tubes that may not go are out. Now seal the box."))
    return redirect("samples:box", pk=pk)


@require_POST
@requires(Permission.SAMPLE_DISPATCH)
def dispatch(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Send the box, or name the tubes that stand in the way."""
    this = _box(request, pk)
    refused: list[queries.InTheWay] = []
    with Attempt(request) as attempt:
        try:
            actions.dispatch_batch(this, by=request.actor, at=request.at)
        except TubesMayNotGo as no:
            refused = list(no.tubes)
            raise moves.Refused([_("The box stays here: some tubes in it may not go yet.")]) from no
    if attempt.ok:
        messages.success(request, _("The box is on its way."))
    if refused:
        return _show(request, this, forms.Scan(), refused=refused)
    return redirect("samples:box", pk=pk)


def _opening(request: StaffRequest) -> forms.OpenBox:
    branches = Branch.objects.filter(request.scope.q("path"), active=True).exclude(
        kind__in=["laboratory", "hospital", "opo"]
    )
    first = request.branch or branches.order_by("path").first()
    data = request.POST if request.method == "POST" else None
    return forms.OpenBox(data, branches=branches.order_by("path"), initial={"from_branch": first})


def _box(request: StaffRequest, pk: UUID) -> Batch:
    found = Batch.objects.visible_to(request.scope).select_related("laboratory", "from_branch")
    return get_object_or_404(found, pk=pk)


def _show(
    request: StaffRequest, this: Batch, form: forms.Scan, *, refused: list[queries.InTheWay] | None = None
) -> HttpResponse:
    this = _box(request, this.pk)
    tubes = list(this.samples.select_related("donor").order_by("barcode"))
    checked = _checked(this, tubes, request)
    context: dict[str, Any] = {
        "box": this,
        "tubes": tubes,
        "scan": form,
        "form": form,
        "checked": checked,
        "may_not_go": sum(bool(each.sentences) for each in checked),
        "refused": refused,
        "left": queries.waiting_under(this) if this.state == BatchState.OPEN else [],
        "manifest": queries.manifest_lines(this) if this.manifest_sha256 else None,
        "print": forms.Print(initial={"reason": forms.PrintReason.WITH_THE_BOX}),
    }
    part = "#box" if request.htmx else ""
    response = render(request, f"registry/samples/box.html{part}", context, status=_status(request, form))
    patch_vary_headers(response, ["HX-Request"])
    return response


def _status(request: StaffRequest, form: forms.Scan) -> int:
    """Return 422 for a page that refuses; htmx swaps in a fragment only with 200."""
    return 422 if form.errors and not request.htmx else 200


def _checked(this: Batch, tubes: list[Any], request: StaffRequest) -> list[queries.InTheWay]:
    """Return what stands in the way of each tube, while the box has not left."""
    if this.state not in {BatchState.OPEN, BatchState.SEALED}:
        return [queries.InTheWay(tube) for tube in tubes]
    here = [tube for tube in tubes if tube.state == SampleState.BATCHED]
    return queries.readiness(here, at=request.at)
