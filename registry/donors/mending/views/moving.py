"""Donors who go to another branch: given, or taken in through the door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.access import Branch, Permission, StaffRequest, requires
from foundation.approvals import Approval
from foundation.pages import Attempt
from registry.donors import queries
from registry.donors.actions import moving
from registry.donors.mending import forms
from registry.donors.models import BranchMove, Donor
from registry.donors.views.common import crumbs, seen_donor, short


@requires(Permission.DONOR_MOVE)
@require_http_methods(["GET", "POST"])
def move(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give a donor to another branch: at once within one's own, else when it agrees."""
    donor = seen_donor(request, pk)
    branches = forms.society(Branch.objects.all())
    form = forms.MoveTo(request.POST if request.method == "POST" else None, branches=branches)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with Attempt(request, form) as attempt:
            made = moving.move_to(
                donor,
                to=said["branch"],
                what=said["what"],
                reason=said["reason"],
                by=request.actor,
                at=request.at,
            )
        if attempt.ok:
            return _moved(request, donor, made)
    context = {
        "donor": donor,
        "name": queries.masked_names([donor])[0],
        "form": form,
        "crumbs": crumbs(donor, (_("Move to another branch"), "")),
    }
    return render(request, "registry/donors/mending/move.html", context, status=422 if form.errors else 200)


@requires(Permission.DONOR_MOVE)
@require_http_methods(["GET", "POST"])
def take_in(request: StaffRequest) -> HttpResponse:
    """Ask whichever branch keeps somebody to give them to one's own; nothing of the record is shown."""
    branches = forms.society(Branch.objects.visible_to(request.scope))
    form = forms.TakeIn(request.POST if request.method == "POST" else None, branches=branches)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with Attempt(request, form) as attempt:
            asked = moving.ask_to_take_in(
                kind=said["kind"],
                number=said["number"],
                second=form.second,
                what=said["what"],
                reason=said["reason"],
                to=said["branch"],
                by=request.actor,
                at=request.at,
            )
        if attempt.ok and asked is not None:
            messages.success(request, _("Their branch was asked. You find its answer under “Second person”."))
            return redirect("donors:list")
        if attempt.ok:
            form.add_error(None, _("Nobody whom another branch keeps fits both facts."))
    context = {"form": form, "crumbs": crumbs(None, (_("Take somebody in"), ""))}
    return render(
        request, "registry/donors/mending/take_in.html", context, status=422 if form.errors else 200
    )


@requires(Permission.DONOR_MOVE)
@require_GET
def one_move(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what one branch asks of another: to those who hold the donor whom, to the others only what."""
    rows = BranchMove.objects.visible_to(request.scope).select_related("donor", "from_branch", "to_branch")
    found = get_object_or_404(rows, pk=pk)
    donor = Donor.objects.visible_to(request.scope).filter(pk=found.donor_id).first()
    if donor is None and found.offered and not found.done_at:
        donor = found.donor  # offered to us: enough to know whom, and how far they are
    context: dict[str, Any] = {
        "move": found,
        "donor": donor,
        "name": queries.masked_names([donor])[0] if donor else "",
        "short": short(donor) if donor else "",
        "mine": donor is not None and Donor.objects.visible_to(request.scope).filter(pk=donor.pk).exists(),
        "approval": Approval.objects.about(found).order_by("-id").first(),
        "crumbs": crumbs(None, (_("Move to another branch"), "")),
    }
    return render(request, "registry/donors/mending/one_move.html", context)


def _moved(request: StaffRequest, donor: Donor, made: Approval | BranchMove) -> HttpResponse:
    if isinstance(made, BranchMove):
        messages.success(request, _("Moved. Open calls went along."))
    else:
        messages.success(request, _("The other branch was asked. Until it agrees nothing changes."))
    still_seen = Donor.objects.visible_to(request.scope).filter(pk=donor.pk).exists()
    return redirect("donors:detail", pk=donor.pk) if still_seen else redirect("donors:list")
