"""One occasion over all households: who was reached, who was not, and why not."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from foundation.access import Permission, StaffRequest, requires
from notifications.care import queries, unsent
from notifications.care.queries.occasions import KINDS

P = Permission
DESK: Final = (P.CARE_PLAN, P.CARE_APPROVE, P.CARE_SEND)
YEARS: Final = range(1950, 2100)  # the calendar reaches so far


@requires(*DESK)
@require_safe
def of_year(request: StaffRequest) -> HttpResponse:
    """List the occasions of a year, each with how many households were reached and how many not."""
    this_year = timezone.localdate(request.at).year
    asked = request.GET.get("year", "")
    year = next((one for one in YEARS if str(one) == asked), this_year)
    found = queries.occasions_of_year(request.scope, year, language=get_language() or "")
    context = {"year": year, "this_year": this_year, "occasions": found}
    return render(request, "notifications/care/occasions.html", context)


@requires(*DESK)
@require_safe
def detail(request: StaffRequest, year: int, key: str) -> HttpResponse:
    """Show one occasion of a year: by what became of it, each household and why it was not reached."""
    language = get_language() or ""
    found = (
        queries.occasions_of_year(request.scope, year, language=language, key=key) if year in YEARS else []
    )
    if not found:
        raise Http404
    lines = queries.kept(request.scope, key, year, today=timezone.localdate(request.at), language=language)
    groups = [
        (
            outcome,
            KINDS[outcome],
            [(one.line, [(unsent.reason_of(why), n) for why, n in one.whys]) for one in each],
        )
        for outcome, each in groupby(lines, key=lambda one: one.outcome)
    ]
    context = {
        "year": year,
        "occasion": found[0],
        "groups": groups,
        "more": found[0].households > len(lines),
    }
    return render(request, "notifications/care/occasion.html", context)
