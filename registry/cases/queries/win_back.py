"""What was tried to win back who had left: of one donor, and counted for the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from foundation import vault
from foundation.access import Scope
from foundation.desk.naming import Names
from registry.cases.models import WinBack, WonBack
from registry.donors import reasons
from registry.donors.models import Donor

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Tried:
    """One try, who made it, and its words, opened; the page masks them."""

    row: WinBack
    who: str
    words: object

    @property
    def is_open(self) -> bool:
        """Whether nobody knows yet what came of it."""
        return self.row.result == WonBack.PENDING


def tries_of(donor: Donor, *, case_id: UUID | None = None) -> list[Tried]:
    """Return what was tried with a donor, or after one match of theirs, the newest first."""
    found = WinBack.objects.filter(donor=donor).order_by("-at", "-id")
    rows = list((found if case_id is None else found.filter(case=case_id))[:SHOWN])
    if not rows:
        return []
    names = Names.of([row.by_id for row in rows])
    opened = vault.open(rows, ["words"])
    return [Tried(row, names[row.by_id], plain["words"]) for row, plain in zip(rows, opened, strict=True)]


@dataclass(frozen=True, slots=True)
class OfReason:
    """The donors who had left for one reason and were asked: how many, and what came of the last word."""

    words: str | Promise
    tried: int
    back: int
    not_now: int
    never: int
    pending: int

    @property
    def share(self) -> tuple[int, int]:
        """How many came back, of how many who were asked and whose answer is known."""
        return self.back, self.tried - self.pending


@dataclass(frozen=True, slots=True)
class One:
    """One try, for the ledger: when, whom, why they had left, what came of it."""

    at: datetime
    donor: UUID
    reason: str
    result: str


def tries_since(scope: Scope, *, since: datetime) -> list[One]:
    """Return the tries since a moment with donors of a scope, the oldest first."""
    seen = scope.q("donor__service_path", "donor__owner_path")
    found = WinBack.objects.filter(seen, at__gte=since).order_by("at", "id")
    return [One(*row) for row in found.values_list("at", "donor", "reason", "result")]


def counted(tries: Iterable[One]) -> list[OfReason]:
    """Count donors, not tries: whoever was asked three times was asked, and the last result is theirs."""
    last: dict[str, dict[UUID, str]] = defaultdict(dict)
    for one in tries:
        last[one.reason][one.donor] = one.result
    lines = [_line(reason, list(results.values())) for reason, results in last.items()]
    return sorted(lines, key=lambda line: (-line.tried, str(line.words)))


def _line(reason: str, results: list[str]) -> OfReason:
    return OfReason(
        reasons.Reason(reason).label,
        len(results),
        results.count(WonBack.BACK),
        results.count(WonBack.NOT_NOW),
        results.count(WonBack.NEVER),
        results.count(WonBack.PENDING),
    )
