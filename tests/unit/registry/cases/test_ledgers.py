"""Where and why matches end: counted by hand on ten of them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from registry.cases import ledgers
from registry.cases.ledgers import Walk

OCTOBER, NOVEMBER = date(2026, 10, 5), date(2026, 11, 9)


def walk(n: int, stands_at: str, opened_on: date = NOVEMBER, **more: object) -> Walk:
    """Return the nth match."""
    facts = {"is_open": "side" not in more and stands_at != "DONATED", **more}
    return Walk(id=UUID(int=n), opened_on=opened_on, stands_at=stands_at, **facts)  # type: ignore[arg-type]


def left(n: int, stands_at: str, code: str, parent: str, regret: str = "", **more: object) -> Walk:
    """Return a match that ended on the donor's side."""
    return walk(n, stands_at, side="DONOR", code=code, parent=parent, regret=regret, **more)


WALKS = [
    walk(1, "DONATED", reached=True, final=True, conditioned=True, near=frozenset({"R3"})),
    left(2, "CONDITIONING", "PR_FEAR_HEALTH", "PR", "R4", reached=True, final=True, conditioned=True),
    left(3, "SCHEDULED", "PR_FAM_PARENT", "PR", "R3", reached=True, final=True, near=frozenset({"R3"})),
    left(4, "HR_LAB", "PR_FAM_PARENT", "PR", "R2", reached=True),
    left(5, "CONTACTING", "PR_AMBIVALENT", "PR", "R1", reached=True),
    left(6, "NOTIFIED", "PR_NOT_STATED", "PR", "R1"),
    left(7, "CONTACTING", "UC_NO_ANSWER", "UC"),
    left(8, "WORKUP", "MR_P_CARDIO", "MR", reached=True),
    walk(9, "TC_DECISION", side="PATIENT", code="PDC", reached=True),
    walk(10, "WORKUP", reached=True, near=frozenset({"R2"})),
    walk(11, "WAITING", side="NEITHER", code="EX"),
    walk(12, "NOTIFIED", OCTOBER),
]


def n(found: ledgers.Ids) -> set[int]:
    return {one.int for one in found}


class TestCohorts:
    def test_are_months_or_quarters_of_the_opening(self) -> None:
        assert [c.key for c in ledgers.cohorts(WALKS, by="month")] == ["2026-11", "2026-10"]
        assert [c.key for c in ledgers.cohorts(WALKS, by="quarter")] == ["2026-Q4"]
        assert n(ledgers.cohorts(WALKS, by="month")[1].all) == {12}

    def test_tell_those_that_go_on_and_the_donations_apart(self) -> None:
        whole = ledgers.whole(WALKS)
        assert (n(whole.still_open), n(whole.donated), n(whole.waiting)) == ({10, 12}, {1}, {11})


class TestAttrition:
    @pytest.mark.parametrize(
        ("stage", "entered", "still_there", "donor", "patient"),
        [
            ("NOTIFIED", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {12}, {6}, set()),
            ("CONTACTING", {1, 2, 3, 4, 5, 7, 8, 9, 10}, set(), {5, 7}, set()),
            ("HR_AGREED", {1, 2, 3, 4, 8, 9, 10}, set(), set(), set()),
            ("HR_LAB", {1, 2, 3, 4, 8, 9, 10}, set(), {4}, set()),
            ("TC_DECISION", {1, 2, 3, 8, 9, 10}, set(), set(), {9}),
            ("WORKUP", {1, 2, 3, 8}, {10}, {8}, set()),
            ("SCHEDULED", {1, 2, 3}, set(), {3}, set()),
            ("CONDITIONING", {1, 2}, set(), {2}, set()),
            ("HANDED_OVER", {1}, set(), set(), set()),
        ],
    )
    def test_counts_exits_of_those_who_entered_a_stage(
        self, stage: str, entered: set[int], still_there: set[int], donor: set[int], patient: set[int]
    ) -> None:
        [found] = [one for one in ledgers.whole(WALKS).stages if one.stage == stage]
        assert (n(found.entered), n(found.still_there)) == (entered, still_there)
        assert (n(found.donor), n(found.patient)) == (donor, patient)

    def test_files_each_donor_side_exit_under_one_reason_of_the_wmda(self) -> None:
        for found in ledgers.whole(WALKS).stages:
            assert frozenset().union(*found.by_parent.values()) == found.donor
            assert sum(map(len, found.by_parent.values())) == len(found.donor)


class TestRegret:
    def test_counts_personal_reasons_among_those_who_came_so_far(self) -> None:
        found = {
            one.regret: (n(one.left), n(one.base), n(one.near), n(one.before_the_base))
            for one in ledgers.whole(WALKS).regrets
        }
        assert found == {
            "R1": ({5}, {1, 2, 3, 4, 5, 8, 9, 10}, set(), {6}),
            "R2": ({4}, {1, 2, 3, 4, 8, 9, 10}, {10}, set()),
            "R3": ({3}, {1, 2, 3}, {1}, set()),
            "R4": ({2}, {1, 2}, set(), set()),
        }

    def test_keeps_medical_and_unreachable_exits_apart(self) -> None:
        apart = {parent: n(ids) for parent, ids in ledgers.whole(WALKS).apart.items()}
        assert apart == {"MR": {8}, "UC": {7}, "DO": set(), "MO": set()}


class TestEveryNumber:
    @pytest.mark.parametrize(
        ("what", "cases"),
        [
            ("all", set(range(1, 13))), ("stage.CONTACTING.donor", {5, 7}),
            ("stage.CONTACTING.donor.UC", {7}),
            ("stage.WORKUP.still_there", {10}), ("regret.R1.before_the_base", {6}), ("apart.MR", {8}),
            ("stage.WORKUP.other", set()),
            ("code.PDC", {9}), ("code.PR_FAM_PARENT", {3, 4}),
        ],
    )  # fmt: skip
    def test_opens_the_cases_it_counts(self, what: str, cases: set[int]) -> None:
        assert n(ledgers.counted(ledgers.whole(WALKS), what) or frozenset()) == cases

    @pytest.mark.parametrize(
        "what", ["", "x", "all.x", "stage", "stage.NOPE.donor", "stage.WORKUP.__class__", "regret.R9.left"]
    )
    def test_is_none_for_what_is_no_number(self, what: str) -> None:
        assert ledgers.counted(ledgers.whole(WALKS), what) is None
