"""The pages of single acts, one view an act, made from the table."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from foundation import moves
from foundation.access import StaffRequest, requires
from foundation.access.requires import View
from foundation.pages import Attempt
from registry.donors import protocol
from registry.donors.act import Act
from registry.donors.acts import ACTS
from registry.donors.models import Donor
from registry.donors.queries import opening
from registry.donors.views.common import crumbs, seen_donor


def patterns() -> list[URLPattern]:
    """Return one address an act."""
    return [path(f"<uuid:pk>/{act.key}/", _view(act), name=act.key) for act in ACTS if not act.own_page]


def _view(act: Act) -> View:
    def view(request: StaffRequest, pk: UUID) -> HttpResponse:
        return _page(request, pk, act)

    view.__name__ = view.__qualname__ = act.key.replace("-", "_")
    view.__doc__ = f"{act.title}"
    return requires(act.permission)(require_http_methods(["GET", "POST"])(view))


def _page(request: StaffRequest, pk: UUID, act: Act) -> HttpResponse:
    """Ask what the act needs, say what is missing, and do it."""
    donor = seen_donor(request, pk)
    form = act.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            act.do(donor, form.cleaned_data, request.actor, request.at)
        if attempt.ok:
            messages.success(request, str(act.done))
            return redirect("donors:detail", pk=donor.pk)
    missing = _missing(request, donor, act)
    context = {
        "donor": donor,
        "name": opening.masked_names([donor])[0],
        "act": act,
        "form": form,
        "missing": missing or [],
        "wrong_state": missing is None,
        "rounds": protocol.of(donor, today=timezone.localdate(request.at)) if act.key == "lose" else None,
        "crumbs": crumbs(donor, (str(act.title), "")),
    }
    return render(request, "registry/donors/act.html", context, status=422 if form.errors else 200)


def _missing(request: StaffRequest, donor: Donor, act: Act) -> list[str] | None:
    """Return what must come first; None where the act is not possible as the donor stands."""
    if donor.state not in act.states or not act.fits(donor, request.at):
        return None
    if not act.move:
        return act.lacks(donor)
    missing = moves.missing(donor, act.move, by=request.actor, at=request.at)
    return None if missing is None else [str(sentence) for sentence in missing]
