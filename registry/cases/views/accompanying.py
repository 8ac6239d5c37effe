"""The companion's own pages: the donors one accompanies, their days and tasks. Nothing medical, no codes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation import trail, vault
from foundation.access import Permission, StaffRequest, requires
from foundation.moves import stops
from foundation.pages import Attempt
from foundation.pages.reveals import within_reveals
from registry.cases import actions
from registry.cases.models import Leg, MatchCase
from registry.cases.queries import journey as asked
from registry.cases.states import RED_ZONE, CaseState
from registry.donors import actions as donors
from registry.donors import queries as donor_queries
from registry.donors.forms.withdrawal import Withdraw
from registry.donors.models import Donor

P = Permission
SHOWN = 50


@requires(P.CASE_ACCOMPANY)
@require_GET
def accompanied(request: StaffRequest) -> HttpResponse:
    """List the donors one accompanies, who travels next first."""
    cases = asked.accompanied(list(_mine(request).order_by("-id")[:SHOWN]))
    names = donor_queries.masked_names([case.donor for case in cases])
    context = {
        "rows": [
            {"case": case, "name": name, "red": case.state in RED_ZONE}
            for case, name in zip(cases, names, strict=True)
        ],
        "crumbs": [(_("Whom I accompany"), "")],
    }
    return render(request, "registry/cases/accompanied.html", context)


@requires(P.CASE_ACCOMPANY)
@require_GET
def accompany(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show whom one accompanies: name and number, opened since it is one's own; the trail names the look."""
    case = get_object_or_404(_mine(request), pk=pk)
    trail.record("donor.revealed", by=request.actor, at=request.at, object=case.donor, reason="case")
    return render(request, "registry/cases/accompany.html", _page(request, case))


@requires(P.CASE_ACCOMPANY)
@require_POST
def tick(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Tick a task, or take the tick off."""
    leg = get_object_or_404(Leg.objects.select_related("case__donor"), pk=pk, case__in=_mine(request))
    with Attempt(request):
        actions.tick(leg, done=request.POST.get("done") == "yes", by=request.actor, at=request.at)
    return redirect("cases:accompany", pk=leg.case_id)


@requires(P.PERSON_STOP)
@require_http_methods(["GET", "POST"])
def stop(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Withdraw the donor whom one accompanies: never refused, never approved by anybody."""
    case = _named(request, pk)
    form = Withdraw(request.POST if request.method == "POST" else None, record=_record(case.donor))
    if request.method == "POST" and not within_reveals(request):  # facts must not be tried out endlessly
        messages.error(request, _("That is many tries in one hour. Please see the person's document."))
    elif request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            receipt = actions.withdraw_at_the_bedside(
                case,
                facts=form.facts,
                reason=form.cleaned_data["reason"],
                destroy_now=form.cleaned_data["samples"] == "now",
                by=request.actor,
                at=request.at,
            )
        if attempt.ok:
            donors.settle(receipt, deadline=request.at + stops.SETTLING)
            messages.success(
                request, _("It is written down. Everything has stopped, and who must know is told.")
            )
            return redirect("cases:accompanied" if request.holds(P.CASE_ACCOMPANY) else "desk:today")
    elif request.method == "POST":
        trail.refused("donor.facts_wrong", by=request.actor, at=request.at, object=case.donor)
    context = {
        "case": case,
        "form": form,
        "red": case.state in RED_ZONE,
        "back": request.holds(P.CASE_ACCOMPANY),
        "crumbs": [(_("Withdraw"), "")],
    }
    return render(request, "registry/cases/stop.html", context, status=422 if form.errors else 200)


def _mine(request: StaffRequest) -> Any:
    """Return the matches one is named on, or that are in one's scope; those never told of are not there."""
    cases = MatchCase.objects.visible_to(request.scope)
    related = ("donor__subject", "donor__service_branch", "owner", "collection_hospital")
    return cases.exclude(state=CaseState.WAITING).select_related(*related)


def _named(request: StaffRequest, pk: UUID) -> MatchCase:
    """Return a match that goes on and on which one is named; others withdraw on the donor's page."""
    if not request.scope.named:
        raise Http404
    named = MatchCase.objects.filter(pk__in=request.scope.named_ids(MatchCase))
    return get_object_or_404(named.exclude(state=CaseState.CLOSED).select_related("donor__subject"), pk=pk)


def _record(donor: Donor) -> dict[str, Any]:
    """Return what the facts are compared with; it is not shown."""
    return {"born_on": donor.born_on, **vault.open_one(donor, "document", "phone")}


def _page(request: StaffRequest, case: MatchCase) -> dict[str, Any]:
    over = case.state == CaseState.CLOSED
    entries = [] if over else asked.entries_of(case)
    today = timezone.localdate(request.at)
    return {
        "case": case,
        "over": over,
        "red": case.state in RED_ZONE,
        "person": {} if over else vault.open_one(case.donor, "name", "phone"),
        "days": asked.days_of(case, entries, today=today),
        "tasks": [entry for entry in entries if entry.leg.task],
        "places": [entry for entry in entries if not entry.leg.task],
        "next": asked.next_of(entries, at=request.at),
        "journey": {} if over else asked.journey_of(case),
        "today": today,
        "can_stop": request.holds(P.PERSON_STOP),
        "crumbs": [(_("Whom I accompany"), reverse("cases:accompanied")), (_("Days and tasks"), "")],
    }
