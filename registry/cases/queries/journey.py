"""What a companion sees and a journey pack says: days, places, tasks, whom to ring. Nothing medical."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation import vault
from registry.cases.models import Expense, Journey, Leg, MatchCase
from registry.cases.states import CaseState

FEN = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the itinerary, opened."""

    leg: Leg
    place: object
    words: object

    @property
    def is_over(self) -> bool:
        """Whether a task is done."""
        return self.leg.done_at is not None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the way, and whether it lies behind."""

    words: str | Promise
    on: date | None
    over: bool


def entries_of(case: MatchCase) -> list[Entry]:
    """Return the itinerary of a case in order, opened with all keys in one query."""
    legs = list(case.legs.order_by("at", "id"))
    return [
        Entry(leg, cells["place"], cells["words"])
        for leg, cells in zip(legs, vault.open(legs, ["place", "words"]), strict=True)
    ]


def days_of(case: MatchCase, entries: Sequence[Entry], *, today: date) -> list[Day]:
    """Return the days of a donor's way: talk, examination, admission, collection, home."""
    known = [
        (_("Information talk"), timezone.localdate(case.talked_at) if case.talked_at else None),
        (_("Examination"), case.examined_on),
        (_("Into hospital"), case.admission_on),
        (pgettext_lazy("the day", "Collection"), case.donated_on or case.collection_on),
        (_("Journey home"), _home(case, entries)),
    ]
    return [Day(words, on, over=on is not None and on < today) for words, on in known]


def _home(case: MatchCase, entries: Sequence[Entry]) -> date | None:
    """Return the day of the last place on the itinerary, if it lies behind the collection."""
    last = [timezone.localdate(entry.leg.at) for entry in entries if not entry.leg.task]
    collected = case.donated_on or case.collection_on
    return last[-1] if last and collected and last[-1] >= collected else None


def next_of(entries: Sequence[Entry], *, at: datetime) -> Entry | None:
    """Return what comes next: the first place ahead, or the first task that is not done."""
    ahead = (entry for entry in entries if (not entry.is_over if entry.leg.task else entry.leg.at >= at))
    return next(ahead, None)


def journey_of(case: MatchCase) -> dict[str, Any]:
    """Return what stands of insurance and leave, opened; empty where nothing was written down."""
    journey = Journey.objects.filter(case=case).first()
    if journey is None:
        return {}
    return {"row": journey, **vault.open_one(journey, "policy", "leave_for", "words")}


def expenses_of(case: MatchCase) -> dict[str, Any]:
    """Return the money laid out, and what of it was not given back yet; in yuan."""
    rows = list(Expense.objects.filter(case=case).order_by("on", "id"))
    return {
        "rows": [(row, yuan(row.amount_fen)) for row in rows],
        "total": yuan(sum(row.amount_fen for row in rows)),
        "open": yuan(sum(row.amount_fen for row in rows if row.paid_on is None)),
    }


def yuan(fen: int) -> str:
    """Return an amount as it is written: ``1,234.50``."""
    return f"{fen // FEN:,}.{fen % FEN:02}"


def accompanied(cases: Sequence[MatchCase]) -> list[MatchCase]:
    """Return cases in the order in which a companion looks at them: who travels next comes first."""
    late = date.max
    return sorted(cases, key=lambda one: (one.state == CaseState.CLOSED, _first(one) or late, one.pk))


def _first(case: MatchCase) -> date | None:
    return case.admission_on or case.collection_on
