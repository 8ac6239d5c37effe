"""Out of contact: who is proposed and with what proof, what is still missing of the others, who was found."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import paginate
from registry.donors import protocol, queries
from registry.donors.models import CallTask, Donor
from registry.donors.views.common import crumbs, short

SHOWN = 20


@requires(Permission.DONOR_LOSE)
@require_GET
def losing(request: StaffRequest) -> HttpResponse:
    """Show whose every number was tried in every round, and what the others still lack."""
    waiting = paginate(
        _with_calls(queries.proposed(request.scope)), request.GET, key=("due_on", "id"), per=SHOWN
    )
    searched = list(_with_calls(queries.searched_for(request.scope)).order_by("due_on", "id")[:SHOWN])
    found = list(queries.found_again(request.scope).order_by("found_at", "id")[:SHOWN])
    today = timezone.localdate(request.at)
    context = {
        "page": waiting,
        "proposed": _rows([task.donor for task in waiting.items], today),
        "searched": _rows([task.donor for task in searched], today),
        "found": [
            {"donor": donor, "name": name, "short": short(donor)}
            for donor, name in zip(found, queries.masked_names(found), strict=True)
        ],
        "crumbs": crumbs(None, (_("Calls"), reverse("donors:calls")), (_("Out of contact"), "")),
    }
    return render(request, "registry/donors/losing.html", context)


def _with_calls(tasks: QuerySet[CallTask]) -> QuerySet[CallTask]:
    return tasks.select_related("donor__subject").prefetch_related("donor__contacts", "donor__calls")


def _rows(donors: list[Donor], today: date) -> list[dict[str, Any]]:
    return [
        {"donor": donor, "name": name, "short": short(donor), "rounds": rounds}
        for donor, name, rounds in zip(
            donors, queries.masked_names(donors), protocol.of_all(donors, today=today), strict=True
        )
    ]
