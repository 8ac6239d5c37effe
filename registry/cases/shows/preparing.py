"""What the medical side, the hospitals and the collection show on a case's page, on Today and in the rail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.access import Permission, StaffRequest
from foundation.desk import rail, today
from foundation.desk.naming import Names
from registry.cases import cells, fitness, rules, sections
from registry.cases.models import MatchCase
from registry.cases.queries import hospital, medical
from registry.cases.sections import Section
from registry.cases.states import RED_ZONE, CaseState, reached
from registry.cases.views.common import may
from registry.donors import queries as donors

P = Permission
S = CaseState
ON_THE_CARD = 5
Shown = Mapping[str, Any] | None


def register() -> None:
    """Register sections, the reviewer's card, and where reviewers and hospitals enter."""
    for key, order, permission, template, context in (
        ("findings", 40, P.CASE_VIEW, "_findings_section", found),
        ("findings-reviewer", 40, P.CASE_CLEAR, "_findings_section", found_for_reviewer),
        ("dates", 45, P.CASE_VIEW, "_dates_section", days),
        ("hospital", 50, P.CASE_VIEW, "_hospital_section", said),
        ("collection", 60, P.CASE_VIEW, "_collection_section", collected),
        ("hand-over", 65, P.CASE_VIEW, "_hand_over_section", handed_over),
    ):
        sections.register(Section(key, order, permission, f"registry/cases/{template}.html", context))
    card = "registry/cases/_clear_card.html"
    today.register(today.Card("cases.clear", frozenset({P.CASE_CLEAR}), 20, "main", card, to_clear))
    rail.register(
        rail.RailEntry(
            "cases-clear", _("Clearances"), "check", "cases:to-clear", frozenset({P.CASE_CLEAR}), 36
        )
    )
    rail.register(
        rail.RailEntry(
            "cases-hospital", _("Our cases"), "board", "cases:hospital", frozenset({P.CASE_FACTS}), 36
        )
    )


def to_clear(request: StaffRequest) -> Shown:
    """Return which matches wait for the reviewer, the first few of them."""
    waiting = medical.to_look_at(request.scope, today=timezone.localdate(request.at))
    cases = list(waiting.select_related("donor").order_by("id")[:ON_THE_CARD])
    if not cases:
        return None
    names = donors.masked_names([case.donor for case in cases])
    rows = [(case, case.short_number, name) for case, name in zip(cases, names, strict=True)]
    return {"rows": rows, "waiting": len(rows)}


def found(request: StaffRequest, case: MatchCase) -> Shown:
    """Return what stands of the clearance, from the work-up on."""
    if not reached(case.stands_at, S.WORKUP):
        return None
    age = fitness.age_of_markers(case, on=timezone.localdate(request.at))
    return {"case": case, "age": age, "can_clear": may(request, case, P.CASE_CLEAR)}


def found_for_reviewer(request: StaffRequest, case: MatchCase) -> Shown:
    """Return the same for who sees the page as the reviewer alone."""
    return None if request.holds(P.CASE_VIEW) else found(request, case)


def days(request: StaffRequest, case: MatchCase) -> Shown:
    """Return days, product and back-up donor, from the hospital's decision on."""
    if not reached(case.stands_at, S.TC_DECISION):
        return None
    backup = case.backup
    return {
        "case": case,
        "backup_code": f"…{backup.grid[-6:]}" if backup else "",
        "can_decide": may(request, case, *rules.DECIDE) and case.state not in {S.CLOSED, S.DONATED},
    }


def said(request: StaffRequest, case: MatchCase) -> Shown:
    """Return what the transplant hospital says, from its decision on."""
    if not reached(case.stands_at, S.TC_DECISION):
        return None
    return {
        "case": case,
        "decision": hospital.decision_of(case),
        "transfusion": hospital.transfusion_of(case),
        "asks_message": case.state in {S.WORKUP, S.SCHEDULED},
        "can_decide": may(request, case, *rules.DECIDE),
    }


def collected(request: StaffRequest, case: MatchCase) -> Shown:
    """Return days of collection and adverse events, from conditioning on."""
    if not reached(case.stands_at, S.CONDITIONING):
        return None
    opened = may(request, case, P.MEDICAL_VIEW)
    return {
        "case": case,
        "days": hospital.days_of(case, opened=opened),
        "events": hospital.adverse_events_of(case, opened=opened),
        "no_harm": hospital.word_of_no_harm(case),
        "asks_harm": hospital.harm_is_to_be_asked(case),
        "collects": case.state == S.COLLECTING,
        "can_decide": may(request, case, *rules.DECIDE),
        "can_work": may(request, case, *rules.WORK) and case.state in {*RED_ZONE, S.HANDED_OVER, S.DONATED},
    }


def handed_over(request: StaffRequest, case: MatchCase) -> Shown:
    """Return who checked the label, and whether the cells have arrived."""
    if not reached(case.stands_at, S.COLLECTING):
        return None
    made = hospital.hand_over_of(case)
    names = Names.of([made.by_id, made.second_id]) if made else Names.of([])
    return {
        "case": case,
        "hand_over": made,
        "first": names[made.by_id] if made else "",
        "second": names[made.second_id] if made else "",
        "collects": case.state == S.COLLECTING,
        "handed_over": case.state in {S.HANDED_OVER, S.DONATED},
        "arrives": cells.arrival_can_be_entered(case),
        "can_work": may(request, case, *rules.WORK),
    }
