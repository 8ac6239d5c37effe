"""Typings: one tube after the other, or a pasted table whose wrong lines come back to be mended."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from registry.samples import actions, forms, queries
from registry.samples.models import Sample
from registry.samples.states import SampleState


@require_http_methods(["GET", "POST"])
@requires(Permission.TYPING_RECORD)
def to_type(request: StaffRequest) -> HttpResponse:
    """List the tubes that wait for a typing, and take a table of typings."""
    form = forms.Table(request.POST or None)
    refused: list[actions.Row] = []
    if form.is_valid():
        rows = form.cleaned_data["rows"]
        refused = actions.record_typings(
            rows, tubes=Sample.objects.sent_to(request.scope), by=request.actor, at=request.at
        )
        _say_how_many(request, len(rows) - len(refused))
        if not refused:
            return redirect("samples:typings")
        form = forms.Table(initial={"rows": "\n".join(f"{row.barcode}\t{row.typing}" for row in refused)})
    page = paginate(_waiting(request).select_related("batch"), request.GET, key="id")
    context = {"page": page, "form": form, "refused": refused}
    status = 422 if form.errors or refused else 200
    return render(request, "registry/samples/typings.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.TYPING_RECORD)
def record(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Enter the typing of one tube; then comes the next."""
    waiting = _waiting(request)
    sample = get_object_or_404(waiting.select_related("donor", "batch__laboratory"), pk=pk)
    form = forms.Typing(request.POST or None)
    if form.is_valid():
        with Attempt(request, form) as attempt:
            actions.record_typing(sample, text=form.cleaned_data["typing"], by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("The typing of %(code)s is stored.") % {"code": sample.barcode})
            return _to_the_next(request)
    context = {"form": form, "sample": sample}
    return render(request, "registry/samples/typing.html", context, status=422 if form.errors else 200)


def _waiting(request: StaffRequest) -> queries.Tubes:
    return Sample.objects.sent_to(request.scope).filter(state=SampleState.RECEIVED)


def _to_the_next(request: StaffRequest) -> HttpResponse:
    following = _waiting(request).order_by("id").values_list("pk", flat=True).first()
    return redirect("samples:typing", pk=following) if following else redirect("samples:typings")


def _say_how_many(request: StaffRequest, stored: int) -> None:
    if stored:
        words = ngettext("%(n)s typing is stored.", "%(n)s typings are stored.", stored) % {"n": stored}
        messages.success(request, words)
