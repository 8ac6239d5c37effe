"""What hospitals see and say of the matches on which they are named: codes, dates, their own facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from foundation import vault
from foundation.desk.naming import Names
from registry.cases import harm
from registry.cases.hospitals import NOT_WANTED, TRANSFUSED, WANTED, Hospital, side_of
from registry.cases.models import About, AdverseEvent, CaseNote, CollectionDay, Finding, HandOver, MatchCase

if TYPE_CHECKING:
    from foundation.access import StaffRequest

LAST_LINES = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One match in a hospital's list: codes and dates."""

    case: MatchCase
    side: Hospital
    short: str
    donor_code: str


@dataclass(frozen=True, slots=True)
class Said:
    """One fact with its words, opened, and who entered it."""

    row: Finding | CollectionDay | AdverseEvent | CaseNote
    words: object
    who: str


def donor_code(case: MatchCase) -> str:
    """Return the end of the donor's registry number: the one code by which hospitals speak of a donor."""
    return f"…{case.donor.grid[-6:]}"


def cases_of(request: StaffRequest) -> list[Row]:
    """Return the matches on which somebody is named for the hospital they speak for, the newest first."""
    named = MatchCase.objects.visible_to(request.scope).select_related("donor", "patient")
    rows = []
    for case in named.order_by("-id")[:200]:
        side = side_of(case, request.actor)
        if side is not None:
            rows.append(Row(case, side, case.short_number, donor_code(case)))
    return rows


def decision_of(case: MatchCase) -> CaseNote | None:
    """Return the last word of the transplant hospital on whether it wants this donor."""
    said = case.history.filter(about=About.MESSAGE, code__in=(WANTED, NOT_WANTED))
    return said.order_by("-at", "-id").first()


def transfusion_of(case: MatchCase) -> CaseNote | None:
    """Return when the patient was given the cells, as the hospital says."""
    return case.history.filter(about=About.MESSAGE, code=TRANSFUSED).order_by("-at", "-id").first()


def hand_over_of(case: MatchCase) -> HandOver | None:
    """Return the hand-over of a case, or None."""
    return HandOver.objects.filter(case=case).first()


def days_of(case: MatchCase, *, opened: bool) -> list[Said]:
    """Return the days of collection, the first first."""
    return _said(list(case.collection_days.order_by("on")), opened=opened)


def adverse_events_of(case: MatchCase, *, opened: bool) -> list[Said]:
    """Return what did the donor harm, the newest first."""
    return _said(list(case.adverse_events.order_by("-on", "-id")), opened=opened)


def word_of_no_harm(case: MatchCase) -> tuple[CaseNote, str] | None:
    """Return the word that nothing did the donor harm, and who said it."""
    said = harm.word_of_none(case)
    if said is None or case.adverse_events.filter(entered_at__gt=said.at).exists():
        return None
    return (said, str(Names.of([said.by_id])[said.by_id]))


def harm_is_to_be_asked(case: MatchCase) -> bool:
    """Return whether nobody said, since the last day of collection, what it did to the donor."""
    return not harm.answered([case])


def findings_entered_by(case: MatchCase, hospital_id: UUID | None) -> list[Said]:
    """Return what a hospital itself found, without its words: it knows them."""
    found = case.findings.filter(hospital=hospital_id).order_by("-on", "-id")[:LAST_LINES]
    return _said(list(found), opened=False)


def _said(rows: Sequence[Finding | CollectionDay | AdverseEvent], *, opened: bool) -> list[Said]:
    names = Names.of([row.by_id for row in rows])
    if not opened:
        return [Said(row, "", names[row.by_id]) for row in rows]
    words = vault.open(rows, ["words"])
    return [Said(row, one["words"], names[row.by_id]) for row, one in zip(rows, words, strict=True)]
