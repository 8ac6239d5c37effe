"""What journey, follow-up and letters show on a case's page, on Today and on the rail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.access import Permission, StaffRequest
from foundation.desk import rail, today
from foundation.pages import keyset
from registry.cases import letters, rules, sections
from registry.cases.followups import title_of
from registry.cases.models import MatchCase
from registry.cases.queries import after
from registry.cases.queries import journey as journeys
from registry.cases.states import OVER, RED_ZONE, CaseState, reached
from registry.cases.views.common import may
from registry.donors import queries as donors

P = Permission
SHOWN: Final = 3
WORKS: Final = frozenset(rules.WORK)
_YEARS_SHOWN: Final = 6  # rows of follow-up that stand open at once


def register() -> None:
    """Register sections, cards, and the companion's and the follow-up's places on the rail."""
    parts = (
        ("cases.journey", 55, P.CASE_VIEW, "journey", journey),
        ("cases.after", 70, P.CASE_VIEW, "after", follow_up),
        ("cases.letters", 75, P.CASE_WORK, "letters", letters_of),
    )
    for key, order, permission, name, context in parts:
        template = f"registry/cases/sections/{name}.html"
        sections.register(sections.Section(key, order, permission, template, context))
    mine = frozenset({P.CASE_ACCOMPANY})
    rail.register(
        rail.RailEntry("accompanied", _("Whom I accompany"), "heart", "cases:accompanied", mine, 36)
    )
    rail.register(rail.RailEntry("follow-ups", _("Follow-up"), "heart", "cases:follow-ups", WORKS, 37))
    cards = (
        ("cases.events", WORKS, 12, "main", "events", events_to_report),
        ("cases.accompanied", mine, 14, "main", "accompanied", whom_i_accompany),
        ("cases.follow_ups", WORKS, 34, "main", "follow_ups", follow_ups_due),
    )
    for key, rights, order, column, name, made in cards:
        template = f"registry/cases/cards/{name}.html"
        today.register(today.Card(key, rights, order, column, template, made))  # type: ignore[arg-type]


def journey(request: StaffRequest, case: MatchCase) -> Mapping[str, Any] | None:
    """Return the donor's journey, once a work-up has begun."""
    if not reached(case.stands_at, CaseState.WORKUP) or not may(request, case, P.CASE_WORK, P.CASE_DECIDE):
        return None
    entries = journeys.entries_of(case)
    told = journeys.journey_of(case)
    return {
        "case": case,
        "days": journeys.days_of(case, entries, today=timezone.localdate(request.at)),
        "tasks_open": sum(1 for entry in entries if entry.leg.task and not entry.is_over),
        "insured": told["row"].insurer if told else "",
    }


def follow_up(request: StaffRequest, case: MatchCase) -> Mapping[str, Any] | None:
    """Return the follow-ups of a donation, its serious events, and what may be asked again from when."""
    events = list(case.adverse_events.filter(serious=True).order_by("on", "id"))
    if case.state != CaseState.DONATED and not events:
        return None
    day = timezone.localdate(request.at)
    rows = [
        (row, title_of(row.key), _kind(row.due_on, day)) for row in case.follow_ups.order_by("due_on", "id")
    ]
    return {
        "case": case,
        "rows": rows[:_YEARS_SHOWN],
        "more": rows[_YEARS_SHOWN:],
        "events": events,
        "again": after.possible_again(case) if case.state == CaseState.DONATED else None,
        "can_work": may(request, case, P.CASE_WORK, P.CASE_DECIDE),
    }


def letters_of(_request: StaffRequest, case: MatchCase) -> Mapping[str, Any] | None:
    """Return the letters of a donation."""
    if case.state != CaseState.DONATED:
        return None
    rows = [(row, letters.KINDS[row.state]) for row in case.letters.order_by("-id")[:SHOWN]]
    return {"case": case, "rows": rows}


def follow_ups_due(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return whom to ask today how they are, the oldest first, masked."""
    day = timezone.localdate(request.at)
    due = after.follow_ups(request.scope).filter(due_on__lte=day)
    first = list(due.select_related("case__donor").order_by("due_on", "id")[:SHOWN])
    if not first:
        return None
    names = donors.masked_names([row.case.donor for row in first])
    number, words = keyset.count(due)
    rows = [
        {"row": row, "name": name, "overdue": row.due_on < day}
        for row, name in zip(first, names, strict=True)
    ]
    return {"rows": rows, "words": words, "waiting": number}


def events_to_report(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the serious events that nobody reported upward."""
    waiting = after.unreported(request.scope)
    first = list(waiting.select_related("case").order_by("on", "id")[:SHOWN])
    if not first:
        return None
    number, words = keyset.count(waiting)
    rows = [{"event": event, "short": event.case.short_number} for event in first]
    return {"rows": rows, "words": words, "waiting": number}


def whom_i_accompany(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return whom a companion accompanies, who travels next first."""
    cases = MatchCase.objects.visible_to(request.scope).exclude(state__in=[*OVER, CaseState.WAITING])
    first = journeys.accompanied(list(cases.select_related("donor").order_by("-id")[:50]))[:SHOWN]
    if not first:
        return None
    names = donors.masked_names([case.donor for case in first])
    rows = [
        {"case": case, "name": name, "red": case.state in RED_ZONE}
        for case, name in zip(first, names, strict=True)
    ]
    return {"rows": rows}


def _kind(due_on: Any, day: Any) -> str:
    if due_on < day:
        return "bad"
    return "due" if due_on == day else ""
