"""What the donor's word puts on a case's page: contact, family, talks, health, consents, wavering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.access import Permission, StaffRequest
from foundation.desk import rail, today
from foundation.pages import keyset
from registry.cases import rules, sections, sides
from registry.cases.models import MatchCase, Verdict
from registry.cases.outcomes import Side
from registry.cases.queries import contact, health, stages
from registry.cases.queries.ledger import interventions_of
from registry.cases.states import CAN_BE_POSTPONED, OVER, CaseState
from registry.cases.views import win_back
from registry.cases.views.common import may, seen_cases

P = Permission
Shown = Mapping[str, Any] | None
SHOWN: Final = 3


def register() -> None:
    """Put the sections on a case's page, and the list of whom to reach before the coordinators."""
    _section("contact", 20, "contact", _contact, P.CASE_VIEW, P.CASE_CONTACT)
    _section("family", 25, "family", _family, P.CASE_VIEW, P.CASE_CONTACT)
    _section("talks", 30, "talks", _talks, P.CASE_VIEW, P.CASE_CONTACT)
    _section("health", 33, "health", _health, P.CASE_VIEW, P.CASE_CLEAR)
    _section("consents", 35, "consents", _consents, P.CASE_VIEW)
    for key, order, template, context in (
        ("wavers", 80, "_interventions", _wavers),
        ("win_back", 81, "_win_back", win_back.of_case),
    ):
        where = f"registry/cases/{template}.html"
        sections.register(sections.Section(key, order, P.CASE_VIEW, where, context))
    coordinators = frozenset({P.CASE_CONTACT})
    rail.register(
        rail.RailEntry("reach", _("Matches to reach"), "phone", "cases:contacting", coordinators, 36)
    )
    today.register(
        today.Card("cases.reach", coordinators, 12, "main", "registry/cases/card_reach.html", _to_reach)
    )


def _section(
    key: str,
    order: int,
    template: str,
    context: Callable[[StaffRequest, MatchCase], Shown],
    *permissions: Permission,
) -> None:
    """Show a section to whoever holds one of several rights at the case, once to who holds more of them."""
    for place, permission in enumerate(permissions):

        def once(
            request: StaffRequest,
            case: MatchCase,
            this: Permission = permission,
            before: tuple[Permission, ...] = permissions[:place],
        ) -> Shown:
            shown = may(request, case, this) and not may(request, case, *before)
            return context(request, case) if shown else None

        name = f"{key}.{place}" if place else key
        where = f"registry/cases/_section_{template}.html"
        sections.register(sections.Section(name, order, permission, where, once))


def _enters(request: StaffRequest, case: MatchCase, *permissions: Permission) -> bool:
    """Return whether the reader is offered to enter what is the donor's: nobody of the other side is."""
    if case.state in OVER or not may(request, case, *permissions):
        return False
    return not sides.stands_against(case, Side.DONOR, by=request.actor)


def _contact(request: StaffRequest, case: MatchCase) -> Shown:
    return {
        "case": case,
        "attempts": contact.attempts_of(case)[:SHOWN],
        "may_try": _enters(request, case, *rules.CONTACT),
    }


def _family(request: StaffRequest, case: MatchCase) -> Shown:
    may_write = _enters(request, case, *rules.CONTACT)
    return {"case": case, "family": contact.family_of(case), "may_write": may_write}


def _talks(request: StaffRequest, case: MatchCase) -> Shown:
    may_write = _enters(request, case, *rules.CONTACT)
    return {"case": case, "talks": contact.talks_of(case), "may_write": may_write}


def _health(request: StaffRequest, case: MatchCase) -> Shown:
    medical = may(request, case, P.CASE_CLEAR, P.MEDICAL_VIEW)
    shown = health.newest(case, staff_id=str(request.staff.pk), medical=medical)
    waits = shown is not None and shown.check.verdict == Verdict.ASK
    may_ask = _enters(request, case, *rules.WORK)
    return {
        "case": case,
        "shown": shown,
        "may_ask": may_ask,
        "may_review": waits and _enters(request, case, P.CASE_CLEAR),
        "postpone": reverse("cases:postpone", args=[case.pk]) if case.state in CAN_BE_POSTPONED else "",
        "close": reverse("cases:close", args=[case.pk]),
    }


def _consents(request: StaffRequest, case: MatchCase) -> Shown:
    return {
        "case": case,
        "stages": stages.stages_of(case, at=request.at),
        "may_ask": case.state != CaseState.WAITING and _enters(request, case, *rules.WORK),
        "may_stop": request.holds(P.PERSON_STOP),
    }


def _wavers(request: StaffRequest, case: MatchCase) -> Shown:
    """Return what was tried when the donor wavered; nothing of who cannot be asked any more."""
    tried = interventions_of(case)
    can_write = _enters(request, case, *rules.CONTACT)
    return {"case": case, "tried": tried, "can_write": can_write} if tried or can_write else None


def _to_reach(request: StaffRequest) -> Shown:
    """Return the first matches to reach, masked, and how many there are."""
    found = contact.to_reach(seen_cases(request))
    first = list(found.order_by("contact_due_on", "id")[:SHOWN])
    if not first:
        return None
    number, words = keyset.count(found)
    rows = contact.lines(first, today=timezone.localdate(request.at))
    return {"rows": rows, "words": words, "waiting": number}
