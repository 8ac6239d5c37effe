"""Win back who has left: only who did not forbid it is asked, and what they say is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.cases import actions, asking_back, mends, rules
from registry.cases.forms.win_back import Settled, Tried
from registry.cases.models import MatchCase, Way, WinBack
from registry.cases.queries.win_back import tries_of
from registry.cases.states import CaseState
from registry.cases.views.common import may
from registry.donors import queries as donors
from registry.donors.models import Donor
from registry.donors.views.common import crumbs, seen_donor, short

P = Permission


@requires(*rules.CONTACT)
@require_http_methods(["GET", "POST"])
def win_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that somebody who has left was asked to come back, or came by themselves."""
    donor = seen_donor(request, pk)
    ways = asking_back.ways(donor, at=request.at) if asking_back.lost(donor) else []
    form = Tried(request.POST if request.method == "POST" else None, ways=ways)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.try_to_win_back(donor, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("donors:detail", pk=donor.pk)
    title = _("Try to win back")
    context = {
        "donor": donor,
        "form": form,
        "title": title,
        "name": donors.masked_names([donor])[0],
        "short": short(donor),
        "against": asking_back.against(donor, at=request.at),
        "missing": _missing(ways),
        "crumbs": crumbs(donor, (title, "")),
    }
    return render(request, "registry/cases/win_back.html", context, status=422 if form.errors else 200)


def _missing(ways: list[Way]) -> list[mends.Need]:
    return [] if ways else [mends.Need(_("This donor has not left, or cannot come back any more."))]


@requires(*rules.CONTACT)
@require_POST
def settle(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down what came of a try."""
    seen = Donor.objects.visible_to(request.scope)
    tried = get_object_or_404(WinBack.objects.select_related("donor").filter(donor__in=seen), pk=pk)
    form = Settled(request.POST)
    if form.is_valid():
        with Attempt(request) as attempt:
            actions.settle_win_back(
                tried, result=form.cleaned_data["result"], by=request.actor, at=request.at
            )
        if attempt.ok:
            messages.success(request, _("Written down."))
    return redirect("donors:detail", pk=tried.donor_id)


def of_donor(request: StaffRequest, donor: Donor) -> dict[str, Any] | None:
    """Return for the donor's page what was tried, and whether they may be asked."""
    if not may(request, donor, *rules.CONTACT):
        return None
    tried = tries_of(donor)
    lost = asking_back.lost(donor)
    return _section(request, donor, tried, can_write=lost is not None) if tried or lost else None


def of_case(request: StaffRequest, case: MatchCase) -> dict[str, Any] | None:
    """Return the same for the page of a match that ended on the donor's side."""
    if case.state != CaseState.CLOSED or not may(request, case, *rules.CONTACT):
        return None
    tried = tries_of(case.donor, case_id=case.pk)
    lost = asking_back.lost(case.donor)
    here = lost is not None and lost.case == case
    return _section(request, case.donor, tried, can_write=here) if tried or here else None


def _section(request: StaffRequest, donor: Donor, tried: list[Any], *, can_write: bool) -> dict[str, Any]:
    ways = asking_back.ways(donor, at=request.at) if can_write else []
    busy = any(one.is_open for one in tried)
    return {
        "donor": donor,
        "tried": tried,
        "can_ask": len(ways) > 1 and not busy,
        "can_note": ways == [Way.CAME] and not busy,
        "against": asking_back.against(donor, at=request.at) if can_write else [],
    }
