"""Whether somebody said what a donation did to the donor: an event of a grade, or that there was none."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from registry.cases.models.collecting import AdverseEvent
from registry.cases.models.ledger import About, CaseNote

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.cases.models import MatchCase


def was_asked(move: Move[MatchCase]) -> bool:
    """Return whether harm is written down, or that there was none up to the last day of collection."""
    return move.once("harm", lambda: bool(answered([move.object])))


def word_of_none(case: MatchCase) -> CaseNote | None:
    """Return who said last that nothing did the donor harm, as long as no day was collected since."""
    return _words_of_none([case]).get(case.pk)


def answered(cases: Collection[MatchCase]) -> set[UUID]:
    """Return the cases, by id, of which somebody said what did the donor harm, in two queries."""
    events = AdverseEvent.objects.filter(case__in=[case.pk for case in cases])
    return {*events.values_list("case", flat=True), *_words_of_none(cases)}


def _words_of_none(cases: Collection[MatchCase]) -> dict[UUID, CaseNote]:
    said = CaseNote.objects.filter(case__in=[case.pk for case in cases], about=About.NO_HARM)
    newest = {note.case_id: note for note in said.order_by("at", "id")}
    return {case.pk: newest[case.pk] for case in cases if case.pk in newest and _holds(case, newest[case.pk])}


def _holds(case: MatchCase, said: CaseNote) -> bool:
    last = max((day.on for day in case.collection_days.all()), default=None)
    return last is None or timezone.localdate(said.at) >= last
