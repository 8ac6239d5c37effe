"""The places where drives are held."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from foundation.access import Branch, Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from registry.drives import actions
from registry.drives.forms.drives import PlaceForm
from registry.drives.models import Place


@requires(Permission.DRIVE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def places(request: StaffRequest) -> HttpResponse:
    """List the places, and remember a new one."""
    form = _form(request, None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        with Attempt(request, form) as attempt:
            actions.add_place(
                told["branch"], name=told["name"], address=told["address"], by=request.actor, at=request.at
            )
        if attempt.ok:
            return redirect("drives:places")
    page = paginate(Place.objects.visible_to(request.scope).select_related("branch"), request.GET, key="-id")
    return render(
        request,
        "registry/drives/places.html",
        {"form": form, "page": page},
        status=422 if form.errors else 200,
    )


@requires(Permission.DRIVE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, place_id: UUID) -> HttpResponse:
    """Change a place, or leave it out of the lists."""
    place = get_object_or_404(Place.objects.visible_to(request.scope), pk=place_id)
    form = _form(request, place)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        with Attempt(request, form) as attempt:
            actions.change_place(
                place, name=told["name"], address=told["address"], active=told["active"], by=request.actor,
                at=request.at,
            )  # fmt: skip
        if attempt.ok:
            return redirect("drives:places")
    return render(
        request,
        "registry/drives/place_form.html",
        {"form": form, "place": place},
        status=422 if form.errors else 200,
    )


def _form(request: StaffRequest, place: Place | None) -> PlaceForm:
    branches = Branch.objects.visible_to(request.scope).filter(active=True).order_by("path")
    initial = {}
    if place is not None:
        branches = branches.filter(pk=place.branch_id)
        initial = {"name": place.name, "address": place.address, "active": place.active}
    form = PlaceForm(request.POST if request.method == "POST" else None, initial=initial, branches=branches)
    if place is None:
        del form.fields["active"]
    return form
