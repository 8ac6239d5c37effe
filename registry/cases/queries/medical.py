"""What doctors found about a donor, opened for who may read it; and whom the reviewer has to look at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from foundation import vault
from foundation.desk.naming import Names
from registry.cases.markers import Marker, Result
from registry.cases.models import Finding, HealthCheck, MatchCase
from registry.cases.querysets import MatchCaseQuerySet
from registry.cases.states import CaseState

if TYPE_CHECKING:
    from foundation.access import Scope

S = CaseState
LOOKED_AT = (S.WORKUP, S.SCHEDULED, S.CONDITIONING, S.MOBILISING)  # a clearance is needed, or soon
LAST_LINES = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding, opened: results of markers as words and the kind of their tag."""

    finding: Finding
    results: list[tuple[str, str, str]]
    words: object
    who: str


_TAGS = {Result.NEGATIVE: "good", Result.POSITIVE: "bad", Result.UNCLEAR: "due"}


def findings_of(case: MatchCase, *, opened: bool) -> list[Shown]:
    """Return everything found, the newest first; results and words where the reader may see them."""
    rows = list(case.findings.order_by("-on", "-id")[:LAST_LINES])
    names = Names.of([row.by_id for row in rows])
    if not opened:
        return [Shown(row, [], "", names[row.by_id]) for row in rows]
    said = vault.open(rows, ["answers", "words"])
    return [
        Shown(row, _results(one["answers"]), one["words"], names[row.by_id])
        for row, one in zip(rows, said, strict=True)
    ]


def health_check_of(case: MatchCase) -> HealthCheck | None:
    """Return the last health-and-availability check, whose verdict may ask for the reviewer."""
    return case.health_checks.order_by("-at", "-id").first()


def to_look_at(scope: Scope, *, today: date) -> MatchCaseQuerySet:
    """Return the matches that wait for the reviewer: not cleared, or with markers that grow too old."""
    oldest = today - timedelta(days=settings.MARKERS_DAYS_MOST - settings.MARKERS_WARN_DAYS)
    waits = Q(cleared_at__isnull=True) | Q(markers_on__lte=oldest)
    return MatchCase.objects.visible_to(scope).filter(waits, state__in=LOOKED_AT)


def _results(answers: object) -> list[tuple[str, str, str]]:
    if not isinstance(answers, str):
        return []
    return [
        (str(Marker(marker).label), str(Result(found).label), _TAGS[Result(found)])
        for marker, found in json.loads(answers).items()
    ]
