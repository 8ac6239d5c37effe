"""Plan a drive, change it, open it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation import moves
from foundation.access import Branch, Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.drives import actions
from registry.drives.forms.drives import CallOffForm, DriveForm
from registry.drives.models import Drive, Place
from registry.drives.states import CalledOff, DriveKind
from registry.drives.views.fetching import drive_of

_FACTS = ("name", "place", "on_date", "starts", "ends", "expected", "paper_text")


@requires(Permission.DRIVE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: StaffRequest) -> HttpResponse:
    """Put a drive into the calendar."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in _FACTS}
        with Attempt(request, form) as attempt:
            drive = actions.plan(form.cleaned_data["branch"], facts, by=request.actor, at=request.at)
            messages.success(request, _("The drive stands in the calendar."))
        if attempt.ok:
            return redirect("drives:board", pk=drive.pk)
    return _page(request, form, None)


@requires(Permission.DRIVE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change what is known of a drive; its branch stays."""
    drive = drive_of(request, pk)
    if drive.kind == DriveKind.OFFICE:  # it has no day and no place to change
        return redirect("drives:board", pk=pk)
    form = _form(request, drive)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            facts = {name: form.cleaned_data[name] for name in _FACTS}
            actions.change(drive, facts, by=request.actor, at=request.at)
        if attempt.ok:
            return redirect("drives:board", pk=pk)
    return _page(request, form, drive)


@requires(Permission.DRIVE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def call_off(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Note that a drive does not take place, and why."""
    drive = drive_of(request, pk)
    form = CallOffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.call_off(drive, why=CalledOff(form.cleaned_data["why"]), by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("The drive is called off. Tell the team and the place."))
            return redirect("drives:board", pk=pk)
    offers = {offer.name: offer for offer in moves.offers(drive, by=request.actor, at=request.at)}
    context = {"form": form, "drive": drive, "offer": offers.get("call_off")}
    return render(request, "registry/drives/call_off.html", context, status=422 if form.errors else 200)


@requires(Permission.DRIVE_MANAGE)
@require_POST
def open_drive(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Open a drive, so that volunteers can be enrolled."""
    drive = drive_of(request, pk)
    with Attempt(request):
        actions.open_drive(drive, by=request.actor, at=request.at)
    return redirect("drives:board", pk=pk)


def _form(request: StaffRequest, drive: Drive | None = None) -> DriveForm:
    branches = Branch.objects.visible_to(request.scope).filter(active=True).order_by("path")
    if drive is not None:
        branches = branches.filter(pk=drive.branch_id)
    places = Place.objects.visible_to(request.scope).filter(active=True).order_by("name")
    initial: dict[str, Any] = {name: getattr(drive, name) for name in _FACTS} if drive else {}
    data = request.POST if request.method == "POST" else None
    return DriveForm(data, initial=initial, branches=branches, places=places)


def _page(request: StaffRequest, form: DriveForm, drive: Drive | None) -> HttpResponse:
    context = {"form": form, "drive": drive}
    return render(request, "registry/drives/drive_form.html", context, status=422 if form.errors else 200)
