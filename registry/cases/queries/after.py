"""What pages say of the time after a donation: follow-ups, harm to be reported, what is possible again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Min, QuerySet

from consent import gate
from consent.purposes import Purpose
from foundation import vault
from foundation.access import Scope
from registry.cases import followups
from registry.cases.letters import donor_wants_letters
from registry.cases.models import AdverseEvent, FollowUp, MatchCase
from registry.cases.states import CaseState
from registry.donors.guards import months_later
from registry.donors.states import DonorState

SILENT = (DonorState.WITHDRAWN, DonorState.DECEASED)  # nobody asks them any more


def follow_ups(scope: Scope) -> QuerySet[FollowUp]:
    """Return the follow-ups that nobody has answered yet, of donors who may be asked."""
    return to_ask().filter(case__in=MatchCase.objects.visible_to(scope))


def by_due(today: date) -> dict[str, QuerySet[FollowUp]]:
    """Return the follow-ups that bring a match which has donated, and has no other date, to a filter."""
    return {"today": to_ask().filter(due_on=today), "overdue": to_ask().filter(due_on__lt=today)}


def next_of(cases: Iterable[MatchCase]) -> dict[UUID, date]:
    """Return the next follow-up of each of some cases that has donated."""
    donated = [case.pk for case in cases if case.state == CaseState.DONATED]
    due = to_ask().filter(case__in=donated).values("case").annotate(on=Min("due_on"))
    return {one["case"]: one["on"] for one in due} if donated else {}


def to_ask() -> QuerySet[FollowUp]:
    """Return all follow-ups that nobody has answered yet, of donors who may be asked, wherever they are."""
    asked = FollowUp.objects.filter(case__state=CaseState.DONATED, done_at__isnull=True)
    return asked.exclude(case__donor__state__in=SILENT).filter(case__donor__death_reported_at__isnull=True)


def unreported(scope: Scope) -> QuerySet[AdverseEvent]:
    """Return serious events that nobody has reported upward yet."""
    cases = MatchCase.objects.visible_to(scope)
    return AdverseEvent.objects.filter(case__in=cases, serious=True, reported_at__isnull=True)


def said_in(row: FollowUp) -> dict[str, Any]:
    """Return what stands in a follow-up, opened: answers and values by their keys, and the words."""
    cells = vault.open_one(row, "answers", "labs", "words")
    labs = {key: Decimal(value) for key, value in _read(cells["labs"]).items()}
    return {"answers": _read(cells["answers"]), "labs": labs, "words": cells["words"]}


def in_words(row: FollowUp, *, sex: str) -> dict[str, Any]:
    """Return what stands in a follow-up as a page shows it."""
    said = said_in(row)
    odd = followups.unusual(said["labs"], sex=sex)
    return {
        "row": row,
        "answers": [
            (question.words, dict(question.answers).get(said["answers"][question.key], ""))
            for question in followups.QUESTIONS
            if question.key in said["answers"]
        ],
        "labs": [
            (one, said["labs"][one.key], one.key in odd)
            for one in followups.BLOOD_COUNT
            if one.key in said["labs"]
        ],
        "words": said["words"],
    }


def possible_again(case: MatchCase) -> dict[str, Any]:
    """Return what could still be asked of a donor, and from which day; nothing after two collections."""
    donor, given = case.donor, case.donated_on
    most: int = settings.COLLECTIONS_MOST
    months: dict[str, int] = settings.DONATED_AGAIN_MONTHS
    again = donor.collections < most and given is not None
    return {
        "collections": donor.collections,
        "most": most,
        "lymphocytes_from": _from(given, months["LYMPHOCYTES"]) if again else None,
        "second_from": _from(given, months["SECOND"]) if again else None,
        "letters": donor_wants_letters(case),
        "peer": gate.allows(donor.subject_id, Purpose.PEER_TALK),
    }


def _from(given: date | None, months: int) -> date | None:
    return months_later(given, months) if given else None


def _read(cell: object) -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(cell) if isinstance(cell, str) and cell else {}
    return found
