"""Enter one who gave by hand, open their households, put right what was entered."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.families import actions, forms, queries
from registry.families.models import Gift
from registry.families.views.common import crumbs, seen_giver


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def enter(request: StaffRequest) -> HttpResponse:
    """Enter one who gave; the household comes next."""
    branches = queries.branches_of(request.scope)
    typed = request.POST if request.method == "POST" else None
    form = forms.GiverForm(typed, branches=branches, initial={"branch": request.actor.branch})
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            giver = actions.enter_giver(form.gave, branch=form.chosen_branch, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Entered. Now open the household."))
            return redirect("families:open", pk=giver.pk)
    context = {"form": form, "crumbs": crumbs(None, _("Enter one who gave"))}
    return render(request, "registry/families/enter.html", context, status=422 if form.errors else 200)


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def open_family(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Open a household of one who gave; there may be several."""
    giver = seen_giver(request, pk)
    branches = queries.branches_of(request.scope)
    form = forms.OpenFamily(
        request.POST if request.method == "POST" else None,
        branches=branches,
        officers=queries.officers_of(branches, on=timezone.localdate(request.at)),
        initial={"branch": str(giver.branch_id), "officer": str(request.staff.pk)},
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            family = actions.open_family(giver, by=request.actor, at=request.at, **form.facts)
        if attempt.ok:
            messages.success(request, _("The household is open. Who belongs to it?"))
            return redirect("families:detail", pk=family.pk)
    context = {
        "form": form,
        "giver": giver,
        "gifts": [Gift(gift).label for gift in giver.gifts],
        "name": queries.masked_names([giver])[0],
        "families": list(giver.families.visible_to(request.scope).order_by("id")),
        "crumbs": crumbs(None, _("Open a household")),
    }
    return render(request, "registry/families/open.html", context, status=422 if form.errors else 200)


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def correct(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Put right what was entered of one who gave; the form opens it, and that is written down."""
    giver = seen_giver(request, pk)
    family = giver.families.visible_to(request.scope).order_by("id").first()
    known = actions.values_of_giver(giver)
    form = forms.GiverForm(
        request.POST if request.method == "POST" else None,
        initial=known | {"document_number": known["document"]},
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.correct_giver(giver, form.gave, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Corrected. What hangs on the days was planned anew."))
            return redirect("families:detail", pk=family.pk) if family else redirect("families:list")
    trail.record("giver.revealed", by=request.actor, at=request.at, object=giver, reason="correct")
    context = {"form": form, "giver": giver, "family": family, "crumbs": crumbs(family, _("Correct"))}
    return render(request, "registry/families/enter.html", context, status=422 if form.errors else 200)
