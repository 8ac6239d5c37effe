"""Help of another branch with one donor: asked, listed, taken, ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation import trail, vault
from foundation.access import Branch, Permission, StaffRequest, named, requires
from foundation.pages import Attempt, paginate
from registry.donors import queries
from registry.donors.actions import assisting
from registry.donors.mending import forms
from registry.donors.models import Assist, AssistResult, Donor
from registry.donors.views.common import crumbs, seen_donor, short

TOO_LATE, WRONG = 409, 422


@requires(Permission.DONOR_MOVE)
@require_http_methods(["GET", "POST"])
def ask(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask another branch to help with one donor, until a day."""
    donor = seen_donor(request, pk)
    branches = forms.society(Branch.objects.all())
    form = forms.AskAssist(
        request.POST if request.method == "POST" else None,
        branches=branches,
        on=timezone.localdate(request.at),
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            assisting.ask_assist(donor, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("The branch was asked. You find its answer on the donor's page."))
            return redirect("donors:detail", pk=donor.pk)
    context = {
        "donor": donor,
        "name": queries.masked_names([donor])[0],
        "form": form,
        "crumbs": crumbs(donor, (_("Ask another branch for help"), "")),
    }
    return render(
        request, "registry/donors/mending/assist_ask.html", context, status=422 if form.errors else 200
    )


@requires(Permission.DONOR_MOVE)
@require_GET
def assists(request: StaffRequest) -> HttpResponse:
    """List what other branches ask us to help with; the donor is not shown before somebody takes it."""
    today = timezone.localdate(request.at)
    found = (
        Assist.objects.visible_to(request.scope).open(today).select_related("from_branch", "branch", "staff")
    )
    page = paginate(found, request.GET)
    context = {"page": page, "crumbs": crumbs(None, (_("Help for other branches"), ""))}
    return render(request, "registry/donors/mending/assists.html", context)


@requires(Permission.DONOR_MOVE)
@require_http_methods(["GET", "POST"])
def assist(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one assist; who has taken it sees the donor, and each look is written down."""
    found = _seen(request, pk)
    over = found.is_over(timezone.localdate(request.at))
    mine = not over and _is_named(request, found)
    posted = request.method == "POST"
    form = forms.EndAssist(request.POST if posted and mine else None)
    if posted and mine and form.is_valid():
        with Attempt(request, form) as attempt:
            assisting.end_assist(found, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Thank you. The branch that asked sees it."))
            return redirect("donors:assists")
    too_late = posted and not mine
    context = {
        "assist": found,
        "unkept": _unkept(request) if too_late else "",
        "over": over,
        "mine": mine,
        "asked_here": _asked_here(request, found),
        "form": form,
        **(_opened(request, found) if mine else {}),
        "crumbs": crumbs(
            None, (_("Help for other branches"), reverse("donors:assists")), (found.get_kind_display(), "")
        ),
    }
    status = TOO_LATE if too_late else WRONG if form.errors else 200
    return render(request, "registry/donors/mending/assist.html", context, status=status)


@requires(Permission.DONOR_MOVE)
@require_POST
def take(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take an assist into one's hands, and with it the sight of this one donor."""
    found = _seen(request, pk)
    with Attempt(request) as attempt:
        assisting.take_assist(found, staff=request.staff, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("It is yours. You see this donor until it ends."))
    return redirect("donors:assist", pk=found.pk)


@requires(Permission.DONOR_MOVE)
@require_POST
def take_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """End the help one asked for: it is not needed any more."""
    found = get_object_or_404(Assist.objects.asked_by(request.scope).select_related("donor"), pk=pk)
    with Attempt(request) as attempt:
        assisting.end_assist(found, result=AssistResult.TAKEN_BACK, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("Ended. Nobody there sees the donor any more."))
    return redirect("donors:detail", pk=found.donor_id)


def _seen(request: StaffRequest, pk: UUID) -> Assist:
    """Return an assist of a branch that is asked, or that asks."""
    rows = Assist.objects.select_related("donor__subject", "from_branch", "branch", "staff")
    reach = request.scope.q("branch_path") | request.scope.q("donor__service_path", "donor__owner_path")
    return get_object_or_404(rows.filter(Q(reach)), pk=pk)


def _unkept(request: StaffRequest) -> str:
    """Say that it came too late, and hand back what was typed."""
    messages.error(request, _("This help is not in your hands any more. What you wrote was not kept."))
    return request.POST.get("words", "")


def _asked_here(request: StaffRequest, found: Assist) -> bool:
    return any(request.scope.covers(path) for path in found.donor.branch_paths)


def _is_named(request: StaffRequest, found: Assist) -> bool:
    """Return whether the reader has taken it, as guardian remembers, and the donor has not left."""
    if found.donor.is_gone or found.donor.merged_into_id is not None:
        raise Http404
    return found.staff_id == request.staff.pk and found.pk in named.ids(request.staff.pk, Assist)


def _opened(request: StaffRequest, found: Assist) -> dict[str, Any]:
    """Open the donor for one's own work; the trail names it."""
    donor: Donor = found.donor
    trail.record("assist.viewed", by=request.actor, at=request.at, object=donor, assist=found.pk)
    opened = vault.open_one(donor, "name", "phone", "address", "workplace")
    return {
        "donor": donor,
        "opened": opened,
        "words": vault.open_one(found, "words")["words"],
        "short": short(donor),
        "contacts": queries.contacts_of(donor),
    }
