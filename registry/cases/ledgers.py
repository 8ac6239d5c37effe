"""The ledger of exits, counted: where and why matches end, and how many of those who came so far.

Pure functions over rows. Each number is the set of the cases it counts, so that it can be opened.
A match walks one way, so who stands at a stage has entered every stage before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from registry.cases.outcomes import Regret, Side
from registry.cases.states import THE_WAY, CaseState
from registry.donors.reasons import Parent

MONTH: Final = "month"
QUARTER: Final = "quarter"
MAIN: Final = (Parent.PR, Parent.MR, Parent.UC, Parent.DO, Parent.MO)  # columns of the ledger
APART: Final = (Parent.MR, Parent.UC, Parent.DO, Parent.MO)  # donor-side exits that are no regret
STAGES: Final = THE_WAY[:-1]  # nobody leaves a match that ended with the donation
BASES: Final = {
    Regret.R1: "reached",
    Regret.R2: "agreed",
    Regret.R3: "final",
    Regret.R4: "conditioned",
}
_NOT_ON_THE_WAY: Final = -1


@dataclass(frozen=True, slots=True)
class Walk:
    """
    How far one match came, and how it ended.

    :param stands_at: its state on the way; of a closed one the last, of a postponed one that to which
        it returns.
    :param side: of the exit, "" while the match goes on or where it ended with the donation.
    :param near: regrets that were near misses: the donor wavered and stayed.
    :param asked: whether the donor who left was asked to come back; ``back``, whether they did.
    """

    id: UUID
    opened_on: date
    stands_at: str
    is_open: bool
    side: str = ""
    code: str = ""
    parent: str = ""
    regret: str = ""
    reached: bool = False
    final: bool = False
    conditioned: bool = False
    near: frozenset[str] = frozenset()
    asked: bool = False
    back: bool = False

    def entered(self, stage: str) -> bool:
        """Return whether the match came to a stage of the way."""
        return _place(self.stands_at) >= _place(stage)

    @property
    def agreed(self) -> bool:
        """Whether the donor agreed to typing again."""
        return self.entered(CaseState.HR_AGREED)


Ids = frozenset[UUID]


@dataclass(frozen=True, slots=True)
class OfStage:
    """
    What became of the matches that entered one stage.

    ``entered`` are those whose time there is over; those that still stand there are ``still_there``, apart.
    """

    stage: str
    entered: Ids
    still_there: Ids
    donor: Ids
    patient: Ids
    neither: Ids
    by_parent: dict[str, Ids]

    @property
    def other(self) -> Ids:
        """Exits on the donor's side for a reason that has no column of its own."""
        main = frozenset().union(*(self.by_parent.get(parent, frozenset()) for parent in MAIN))
        return self.donor - main


@dataclass(frozen=True, slots=True)
class OfRegret:
    """One regret: who left, of whom, who nearly did, and who left before the base was reached."""

    regret: str
    left: Ids
    base: Ids
    near: Ids
    before_the_base: Ids


@dataclass(frozen=True, slots=True)
class Cohort:
    """The matches opened in one month or quarter."""

    key: str
    all: Ids
    still_open: Ids
    donated: Ids
    stages: tuple[OfStage, ...]
    regrets: tuple[OfRegret, ...]
    apart: dict[str, Ids]
    codes: dict[str, Ids]
    asked: dict[str, Ids]
    back: dict[str, Ids]
    waiting: Ids


def cohort_of(day: date, by: str) -> str:
    """Return the month or quarter of a day, as ``2026-11`` or ``2026-Q4``."""
    return f"{day:%Y-%m}" if by == MONTH else f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def cohorts(walks: Iterable[Walk], *, by: str) -> list[Cohort]:
    """Return the cohorts of matches by the day of opening, the newest first."""
    found: dict[str, list[Walk]] = {}
    for walk in walks:
        found.setdefault(cohort_of(walk.opened_on, by), []).append(walk)
    return [_cohort(key, found[key]) for key in sorted(found, reverse=True)]


def whole(walks: Sequence[Walk]) -> Cohort:
    """Return all of the matches as one."""
    return _cohort("", walks)


def _cohort(key: str, walks: Sequence[Walk]) -> Cohort:
    ends = [walk for walk in walks if walk.side]
    donor_side = [walk for walk in ends if walk.side == Side.DONOR]
    return Cohort(
        key=key,
        all=_ids(walks),
        still_open=_ids(walk for walk in walks if walk.is_open),
        donated=_ids(walk for walk in walks if walk.stands_at == CaseState.DONATED),
        stages=tuple(_of_stage(stage, walks) for stage in STAGES),
        regrets=tuple(_of_regret(regret, walks) for regret in Regret),
        apart={parent: _ids(w for w in donor_side if w.parent == parent) for parent in APART},
        codes=_by_code(ends),
        asked=_by_code([walk for walk in donor_side if walk.asked]),
        back=_by_code([walk for walk in donor_side if walk.back]),
        waiting=_ids(w for w in ends if w.stands_at == CaseState.WAITING),
    )


def _by_code(ends: Sequence[Walk]) -> dict[str, Ids]:
    """Return matches that ended by how they did, the most frequent first."""
    often = Counter(walk.code for walk in ends)
    codes = sorted(often, key=lambda code: (-often[code], code))
    return {code: _ids(walk for walk in ends if walk.code == code) for code in codes}


def _of_stage(stage: CaseState, walks: Sequence[Walk]) -> OfStage:
    here = [walk for walk in walks if walk.entered(stage)]
    stands = [walk for walk in here if walk.is_open and walk.stands_at == stage]
    ended = [walk for walk in here if walk.side and walk.stands_at == stage]
    donor = [walk for walk in ended if walk.side == Side.DONOR]
    return OfStage(
        stage=stage,
        entered=_ids(here) - _ids(stands),
        still_there=_ids(stands),
        donor=_ids(donor),
        patient=_ids(walk for walk in ended if walk.side == Side.PATIENT),
        neither=_ids(walk for walk in ended if walk.side == Side.NEITHER),
        by_parent={
            parent: _ids(walk for walk in donor if walk.parent == parent)
            for parent in sorted({walk.parent for walk in donor})
        },
    )


def _of_regret(regret: Regret, walks: Sequence[Walk]) -> OfRegret:
    base = _ids(walk for walk in walks if getattr(walk, BASES[regret]))
    left = _ids(walk for walk in walks if walk.regret == regret)
    return OfRegret(
        regret=regret,
        left=left & base,
        base=base,
        near=_ids(walk for walk in walks if regret in walk.near) - left,
        before_the_base=left - base,
    )


def _ids(walks: Iterable[Walk]) -> Ids:
    return frozenset(walk.id for walk in walks)


def _place(state: str) -> int:
    return THE_WAY.index(CaseState(state)) if state in THE_WAY else _NOT_ON_THE_WAY


def counted(cohort: Cohort, what: str) -> Ids | None:
    """
    Return the cases that one number of a cohort counts, None for no number.

    :param what: its name, such as ``all``, ``stage.WORKUP.donor``, ``stage.WORKUP.donor.MR``,
        ``regret.R1.near``, ``apart.UC``, ``code.PDC``, ``asked.PR_PRIVACY`` or ``back.PR_PRIVACY``.
    """
    kind, *rest = what.split(".")
    if kind in {"all", "still_open", "donated", "waiting"} and not rest:
        found: Ids = getattr(cohort, kind)
        return found
    named: dict[str, dict[str, Ids]] = {
        "apart": cohort.apart,
        "code": cohort.codes,
        "asked": cohort.asked,
        "back": cohort.back,
    }
    if kind in named and len(rest) == 1:
        return named[kind].get(rest[0])
    return _counted_in_parts(cohort, kind, rest)


def _counted_in_parts(cohort: Cohort, kind: str, rest: Sequence[str]) -> Ids | None:
    if kind == "stage" and rest:
        stage = next((one for one in cohort.stages if one.stage == rest[0]), None)
        if stage is not None and len(rest) == 3 and rest[1] == "donor":  # noqa: PLR2004 - with the WMDA reason
            return stage.by_parent.get(rest[2])
        return _part(stage, rest[1:], ("entered", "still_there", "donor", "other", "patient", "neither"))
    if kind == "regret" and rest:
        regret = next((one for one in cohort.regrets if one.regret == rest[0]), None)
        return _part(regret, rest[1:], ("left", "base", "near", "before_the_base"))
    return None


def _part(of: OfStage | OfRegret | None, rest: Sequence[str], names: Sequence[str]) -> Ids | None:
    if of is None or len(rest) != 1 or rest[0] not in names:
        return None
    found: Ids = getattr(of, rest[0])
    return found
