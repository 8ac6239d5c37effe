"""Read the ledger of exits: matches opened since a day, each with its exit and its near misses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from foundation import vault
from registry.cases.ledgers import Walk
from registry.cases.models import Exit, Intervention, InterventionResult, MatchCase, WinBack, WonBack
from registry.cases.querysets import MatchCaseQuerySet
from registry.cases.states import OPEN, CaseState
from registry.donors import reasons

_COLUMNS = (
    "pk", "opened_at", "state", "return_to", "closed_from",
    "reached_at", "final_consent_at", "conditioning_at",
)  # fmt: skip


def walks_of(cases: MatchCaseQuerySet, *, since: datetime) -> list[Walk]:
    """Return how far each match went that was opened since a moment: four queries."""
    found = cases.filter(opened_at__gte=since)
    exits = {
        pk: facts
        for pk, *facts in Exit.objects.filter(case__in=found, undone_at__isnull=True).values_list(
            "case", "side", "code", "parent", "regret"
        )
    }
    near: defaultdict[UUID, set[str]] = defaultdict(set)
    stayed = Intervention.objects.filter(case__in=found, result=InterventionResult.STAYED).exclude(regret="")
    for pk, regret in stayed.values_list("case", "regret"):
        near[pk].add(regret)
    asked: defaultdict[UUID, set[str]] = defaultdict(set)
    for pk, result in WinBack.objects.filter(case__in=found).values_list("case", "result"):
        asked[pk].add(result)
    return [
        replace(
            _walk(row, exits, near), asked=row["pk"] in asked, back=WonBack.BACK in asked.get(row["pk"], ())
        )
        for row in found.order_by().values(*_COLUMNS)
    ]


def _walk(row: dict[str, Any], exits: dict[UUID, list[str]], near: dict[UUID, set[str]]) -> Walk:
    side, code, parent, regret = exits.get(row["pk"], ("", "", "", ""))
    closed = row["state"] == CaseState.CLOSED
    return Walk(
        id=row["pk"],
        opened_on=timezone.localdate(row["opened_at"]),
        stands_at=row["return_to"] or row["closed_from"] or row["state"],
        is_open=row["state"] in OPEN,
        side=side if closed else "",
        code=code if closed else "",
        parent=parent if closed else "",
        regret=regret if closed else "",
        reached=row["reached_at"] is not None,
        final=row["final_consent_at"] is not None,
        conditioned=row["conditioning_at"] is not None,
        near=frozenset(near.get(row["pk"], ())),
    )


def interventions_of(case: MatchCase, *, opened: bool = False) -> list[dict[str, Any]]:
    """Return what was tried when the donor of a case wavered, the newest first; words only where opened."""
    rows = list(case.interventions.order_by("-id"))
    words = vault.open(rows, ["words"]) if opened else [{} for _row in rows]
    return [
        {
            "row": row,
            "reason_words": reasons.Reason(row.reason).label,
            "words": said.get("words"),
            "is_open": row.result == InterventionResult.OPEN,
        }
        for row, said in zip(rows, words, strict=True)
    ]
