"""The board: which match needs me?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import keyset, paginate
from registry.cases.forms.board import Filters
from registry.cases.forms.sheets import WhyTaken
from registry.cases.models import MatchCase
from registry.cases.queries import board
from registry.cases.states import BOARD


@requires(Permission.CASE_VIEW)
@require_GET
def cases(request: StaffRequest) -> HttpResponse:
    """Show every match that goes on in five columns, the most urgent first."""
    form, seen = asked(request)
    columns = seen.columns()
    context = _context(request, form, seen) | {
        "columns": columns,
        "overdue": seen.count("overdue"),
        "today": seen.count("today"),
        "first": _first(columns),
        "empty": not any(column.count for column in columns),
        "crumbs": [(_("Cases"), "")],
    }
    return render(request, "registry/cases/board.html", context)


@requires(Permission.CASE_VIEW)
@require_GET
def column(request: StaffRequest, key: str) -> HttpResponse:
    """List all matches of one column, page by page."""
    if key not in BOARD:
        raise Http404
    form, seen = asked(request)
    found = seen.of_column(key).select_related("donor__subject", "patient", "owner")
    order: Any = "-id" if key == board.AFTER else ("due_on", "id")
    page: keyset.Page[MatchCase] = paginate(found, request.GET, key=order)
    words = BOARD[key][0]
    context = _context(request, form, seen) | {
        "column": key,
        "words": words,
        "page": page,
        "cards": seen.cards(page.items),
        "taking": WhyTaken() if request.holds(Permission.DONOR_EXPORT) else None,
        "crumbs": [(_("Cases"), reverse("cases:list")), (str(words), "")],
    }
    return render(request, "registry/cases/column.html", context)


def _first(columns: list[board.Column]) -> UUID | None:
    """Return the case to which the key of the next act leads: of those that need somebody, the oldest."""
    red = [
        ((card.run_out or card.clock).on, card.case.pk)
        for column in columns
        for card in column.cards
        if card.clock and card.colour == "red"
    ]
    return min(red)[1] if red else None


def asked(request: StaffRequest) -> tuple[Filters, board.Board]:
    """Return the filters that were asked for, and the board behind them."""
    branches, officers = board.choices(request)
    form = Filters(request.GET, branches=branches, officers=officers)
    return form, board.Board(request, form.cleaned_data if form.is_valid() else {})


def _context(request: StaffRequest, form: Filters, seen: board.Board) -> dict[str, Any]:
    return {
        "form": form,
        "seen": seen,
        "shows": seen.shows,
        "narrowed": any(request.GET.get(name) for name in ("branch", "officer", "source")),
        "show": seen.show,
        "open_url": reverse("cases:open") if request.holds(Permission.CASE_OPEN) else "",
        "decides": request.holds(Permission.CASE_DECIDE),
        "works": request.holds(Permission.CASE_WORK),
    }
