"""What the cases' room puts on the Today page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.access import StaffRequest
from foundation.pages import keyset
from registry.cases.models import MatchCase
from registry.cases.queries import board, staff
from registry.cases.queries.standing import Clocks
from registry.donors import queries as donors

SHOWN = 3


def mine(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the matches in one's hands that are due today or overdue."""
    asked = _conditions(request)
    due = asked["mine"] & (asked["today"] | asked["overdue"])
    return _card(request, due, "mine", _("My matches that are due"))


def untried(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the matches whose donor nobody has tried to reach in time."""
    return _card(request, _conditions(request)["untried"], "untried", _("First attempt overdue"))


def ended(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the matches whose postponement is over."""
    return _card(request, _conditions(request)["ended"], "ended", _("Postponement over"))


def run_out(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the matches whose reservation has run out: somebody extends or closes them."""
    asked = board.run_out(timezone.localdate(request.at))
    return _card(request, asked, "overdue", _("Reservations that have run out"), bad=True)


def given(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the matches that wait for a donor who has donated: somebody decides what becomes of them."""
    return _card(request, _conditions(request)["given"], "given", _("Waits, though the donor has given"))


def take_over(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the matches at a decision that nobody owns who may decide."""
    asked = staff.to_take_over(on=timezone.localdate(request.at))
    return _card(request, asked, "take_over", _("To be taken over"))


def _conditions(request: StaffRequest) -> dict[str, Q]:
    today = timezone.localdate(request.at)
    return board.conditions(staff_id=request.staff.pk, today=today, at=request.at, decides=False)


def _card(
    request: StaffRequest, condition: Q, show: str, words: str | Promise, *, bad: bool = False
) -> Mapping[str, Any] | None:
    """Return the first of some matches, masked, and how many there are; None where there is none."""
    found = MatchCase.objects.open().visible_to(request.scope).filter(condition)
    first = list(found.select_related("donor", "patient").order_by("due_on", "id")[:SHOWN])
    if not first:
        return None
    number, count_words = keyset.count(found)
    clocks = Clocks(timezone.localdate(request.at))
    names = donors.masked_names([case.donor for case in first])
    rows = [
        {
            "case": case,
            "name": name,
            "short": case.short_number,
            "clock": board.run_out_of(case, clocks) or clocks.of(case),
        }
        for case, name in zip(first, names, strict=True)
    ]
    return {
        "key": show, "title": words, "rows": rows, "words": count_words, "waiting": number, "bad": bad,
    }  # fmt: skip
