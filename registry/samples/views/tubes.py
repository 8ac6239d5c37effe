"""The branch's tubes: where they are, which may go, and which are to be destroyed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from registry.samples import actions, forms, queries
from registry.samples.models import Sample
from registry.samples.states import SampleState
from registry.samples.views.places import places

CHECKED_AT_ONCE = 200  # tubes of a page that says how many may go: a box holds fewer


@require_GET
@requires(Permission.SAMPLE_COLLECT, Permission.SAMPLE_DISPATCH, Permission.SAMPLE_RECEIVE)
def home(request: StaffRequest) -> HttpResponse:
    """Lead to the tubes of one's branch, or to a laboratory's boxes."""
    ours = request.holds(Permission.SAMPLE_COLLECT) or request.holds(Permission.SAMPLE_DISPATCH)
    return redirect("samples:list" if ours else "samples:incoming")


@require_GET
@requires(Permission.SAMPLE_COLLECT, Permission.SAMPLE_DISPATCH)
def tubes(request: StaffRequest) -> HttpResponse:
    """List the tubes of one's branches, by drive and by where they are."""
    drives = queries.drives_with_tubes(request.scope)
    form = forms.Which(request.GET or None, drives=drives, states=SampleState)
    found = Sample.objects.visible_to(request.scope).select_related("donor", "batch")
    if form.is_valid():
        found = _narrowed(found, **form.cleaned_data)
    context = {
        "filters": form,
        "page": paginate(found, request.GET),
        "counts": queries.counts(request.scope),
        **places(request),
    }
    return render(request, _page(request, "registry/samples/tubes.html", "tubes"), context)


@require_GET
@requires(Permission.SAMPLE_COLLECT, Permission.SAMPLE_DISPATCH)
def ready(request: StaffRequest) -> HttpResponse:
    """Show which tubes may go to the laboratory, and what still keeps the others here."""
    here = Sample.objects.visible_to(request.scope).filter(state=SampleState.TAKEN)
    page = paginate(here.select_related("donor"), request.GET, key="id", per=CHECKED_AT_ONCE)
    checked = queries.readiness(page.items, at=request.at)
    context = {
        "page": page,
        "go": [each for each in checked if not each.sentences],
        "stay": [each for each in checked if each.sentences],
        "boxes": queries.open_boxes(request.scope) if request.holds(Permission.SAMPLE_DISPATCH) else [],
        **places(request),
    }
    return render(request, "registry/samples/ready.html", context)


@require_GET
@requires(Permission.SAMPLE_COLLECT, Permission.SAMPLE_DISPATCH)
def to_destroy(request: StaffRequest) -> HttpResponse:
    """List the tubes that are kept here and are to be destroyed."""
    kept = Sample.objects.visible_to(request.scope).kept_by_sender()
    return _destruction_page(request, kept, act="samples:destroyed")


@require_POST
@requires(Permission.SAMPLE_COLLECT, Permission.SAMPLE_DISPATCH)
def destroyed(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record that a tube kept here was destroyed."""
    kept = Sample.objects.visible_to(request.scope).kept_by_sender().select_related("donor")
    sample = get_object_or_404(kept, pk=pk)
    with Attempt(request) as attempt:
        actions.destroy(sample, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("%(code)s was destroyed.") % {"code": sample.barcode})
    return redirect("samples:to-destroy")


@require_GET
@requires(Permission.SAMPLE_RECEIVE)
def to_destroy_at_laboratory(request: StaffRequest) -> HttpResponse:
    """List the tubes a laboratory keeps that are to be destroyed."""
    kept = Sample.objects.sent_to(request.scope).to_be_destroyed()
    return _destruction_page(request, kept, act="samples:laboratory-destroyed")


@require_POST
@requires(Permission.SAMPLE_RECEIVE)
def destroyed_at_laboratory(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record that a laboratory destroyed a tube."""
    kept = Sample.objects.sent_to(request.scope).to_be_destroyed()
    sample = get_object_or_404(kept.select_related("donor", "batch__laboratory"), pk=pk)
    with Attempt(request) as attempt:
        on = sample.batch.laboratory if sample.batch else None
        actions.destroy(sample, by=request.actor, at=request.at, on=on)
    if attempt.ok:
        messages.success(request, _("%(code)s was destroyed.") % {"code": sample.barcode})
    return redirect("samples:laboratory-to-destroy")


def _narrowed(found: queries.Tubes, *, drive: str, state: str) -> queries.Tubes:
    if drive:
        found = found.of_drive(UUID(drive))
    return found.filter(state=state) if state else found


def _destruction_page(request: StaffRequest, kept: queries.Tubes, *, act: str) -> HttpResponse:
    page = paginate(kept.select_related("batch"), request.GET, key="id")
    context = {"page": page, "act": act, "today": timezone.localdate(request.at), **places(request)}
    return render(request, "registry/samples/to_destroy.html", context)


def _page(request: HttpRequest, template: str, part: str) -> str:
    """Return a page, or the part of it that htmx asked for."""
    return f"{template}#{part}" if getattr(request, "htmx", False) else template
