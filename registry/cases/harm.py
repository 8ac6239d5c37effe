"""Whether somebody said what a donation did to the donor: an event of a grade, or that there was none."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from registry.cases.models.collecting import AdverseEvent, CollectionDay, Phase
from registry.cases.models.ledger import About, CaseNote

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.cases.models import MatchCase


def was_asked(move: Move[MatchCase]) -> bool:
    """Return whether harm is written down, or that there was none, since the last day of collection."""
    return move.once("harm", lambda: bool(answered([move.object])))


def word_of_none(case: MatchCase) -> CaseNote | None:
    """Return who said last that nothing did the donor harm, as long as no day was collected since."""
    return _words_of_none([case]).get(case.pk)


def event_of_now(case: MatchCase) -> bool:
    """Return whether what did the donor harm is written down of the last day of collection, or since."""
    return bool(_with_events([case]))


def answered(cases: Collection[MatchCase]) -> set[UUID]:
    """Return the cases, by id, of which somebody said what did the donor harm, in two queries."""
    return {*_with_events(cases), *_words_of_none(cases)}


def _with_events(cases: Collection[MatchCase]) -> set[UUID]:
    by_id = {case.pk: case for case in cases}
    events = AdverseEvent.objects.filter(case__in=list(by_id))
    return {event.case_id for event in events if _is_of_now(by_id[event.case_id], event)}


def _is_of_now(case: MatchCase, event: AdverseEvent) -> bool:
    """Return whether an event was entered since the last day was, or is one of collecting on that day."""
    last = _last_day(case)
    if last is None or event.entered_at >= last.entered_at:
        return True
    return event.phase == Phase.COLLECTION and event.on >= last.on


def _words_of_none(cases: Collection[MatchCase]) -> dict[UUID, CaseNote]:
    said = CaseNote.objects.filter(case__in=[case.pk for case in cases], about=About.NO_HARM)
    newest = {note.case_id: note for note in said.order_by("at", "id")}
    return {case.pk: newest[case.pk] for case in cases if case.pk in newest and _holds(case, newest[case.pk])}


def _holds(case: MatchCase, said: CaseNote) -> bool:
    last = _last_day(case)
    return last is None or (said.at >= last.entered_at and timezone.localdate(said.at) >= last.on)


def _last_day(case: MatchCase) -> CollectionDay | None:
    return max(case.collection_days.all(), key=lambda day: day.on, default=None)
