"""The first thing each of many cases still misses for its next step, in a constant number of queries.

The guards themselves are asked; what each of them would query for one case was read for all at once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db.models import prefetch_related_objects

from consent.models import Consent
from consent.purposes import Purpose
from consent.states import OPENS, State
from foundation.moves import Move
from foundation.trail import Actor
from registry.cases import harm
from registry.cases.ahead import NEXT
from registry.cases.guards import can_stand_by
from registry.cases.models import HandOver, MatchCase
from registry.cases.queries.standing import rule_of
from registry.cases.states import CaseState
from registry.donors.models import Donor

CONSENTS: Final = (Purpose.VERIFICATION_TYPING, Purpose.DONATION_FINAL)
_ASKS_CONSENT: Final = (
    CaseState.REMOBILISED,
    CaseState.HR_AGREED,
    CaseState.HR_SAMPLED,
    CaseState.WORKUP,
    CaseState.SCHEDULED,
    CaseState.MOBILISING,
)
_ASKS_BACKUP: Final = (CaseState.WORKUP, CaseState.SCHEDULED)
_ASKS_CELLS: Final = (CaseState.COLLECTING, CaseState.HANDED_OVER)


class Lacks:
    """What was read for all cases of a page: consents in force, days of collection, hand-overs."""

    def __init__(self, cases: Collection[MatchCase]) -> None:
        matters = [str(case.pk) for case in cases if case.state in _ASKS_CONSENT]
        asked = Consent.objects.filter(
            matter__in=matters, purpose__in=CONSENTS, state__in=OPENS[State.ACTIVE]
        )
        self._agreed = set(asked.values_list("subject_id", "purpose", "matter"))
        backups = [case.backup_id for case in cases if case.state in _ASKS_BACKUP and case.backup_id]
        self._stand_by = set(can_stand_by(Donor.objects.filter(pk__in=backups)).values_list("pk", flat=True))
        with_cells = [case for case in cases if case.state in _ASKS_CELLS]
        prefetch_related_objects(with_cells, "collection_days")
        self._harm = harm.answered([case for case in with_cells if case.state == CaseState.COLLECTING])
        handed = HandOver.objects.filter(case__in=[case.pk for case in with_cells])
        self._handed = {
            case: (second_at, arrived_at)
            for case, second_at, arrived_at in handed.values_list("case", "second_at", "arrived_at")
        }

    def first_of(self, case: MatchCase, *, by: Actor, at: datetime) -> str:
        """Return what is missing first for the next step of a case, in words; "" where nothing is."""
        step = NEXT.get(case.state)
        if step is None or case.state == CaseState.POSTPONED:
            return ""
        move: Move[MatchCase] = Move(case, step.move, by, at, answers=self._answers(case))
        met = {str(sentence) for sentence in step.meets}
        for guard in rule_of(case, step.move).guards:
            sentence = str(guard.sentence)
            if not guard.when_given and sentence not in met and not guard.check(move):
                return sentence
        return ""

    def _answers(self, case: MatchCase) -> dict[Any, Any]:
        """Return the answers to what guards would ask the database."""
        who, matter = case.donor.subject_id, str(case.pk)
        agreed = {purpose: (who, purpose.value, matter) in self._agreed for purpose in CONSENTS}
        second_at, arrived_at = self._handed.get(case.pk, (None, None))
        handed = {"labelled": second_at is not None, "arrived": arrived_at is not None}
        handed["harm"] = case.pk in self._harm
        return {**agreed, **handed, "backup": case.backup_id in self._stand_by}
