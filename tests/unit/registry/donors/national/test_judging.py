"""A row of the national register's sheet beside our record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from foundation.papers.sheets import Row
from registry.donors.models import Donor, NationalState, TheirState
from registry.donors.national import layout
from registry.donors.national.judging import differences
from registry.donors.national.layout import TheirRow
from registry.donors.states import DonorState

DAY = date(2026, 9, 1)
HERE, ON_HOLD, GONE = DonorState.LISTED, DonorState.ON_HOLD, DonorState.WITHDRAWN
SENT, ACCEPTED, LEFT = NationalState.SENT, NationalState.ACCEPTED, NationalState.LEFT


def row(**said: Any) -> TheirRow:
    plain = {"number": 3, "national_no": "CN0001", "grid": "", "document": "", "state": "", "on": None}
    return TheirRow(**{**plain, **said})


def donor(state: DonorState = HERE, national: NationalState = ACCEPTED, number: str = "CN0001") -> Donor:
    return Donor(state=state, national_state=national, national_no=number, national_on=DAY)


def state_of(word: str) -> str:
    """Return how a word in the column 状态 of their sheet is read."""
    rows = [Row(1, ["国家库编号", "GRID", "状态"]), Row(2, ["CN0001", "", word])]
    return next(layout.read(rows)).state


class TestTheirWords:
    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("在库", TheirState.THERE),
            ("已入库", TheirState.THERE),
            ("在库可用", TheirState.AVAILABLE),
            ("ＡＶ", TheirState.AVAILABLE),
            ("暂缓", TheirState.ON_HOLD),
            ("配型占用", TheirState.RESERVED),
            ("已退库", TheirState.LEFT),
            ("复核中", TheirState.OTHER),
            ("", ""),
        ],
    )
    def test_tell_being_there_from_being_available(self, word, state):
        assert state_of(word) == state


class TestDifferences:
    @pytest.mark.parametrize("state", ["LISTED", "ON_HOLD", "LOST", "IN_CASE", "DONATED"])
    def test_are_none_where_somebody_is_there_and_no_more_is_said(self, state):
        assert differences(row(state=TheirState.THERE), donor(DonorState(state))) == []

    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            (TheirState.AVAILABLE, ON_HOLD),
            (TheirState.ON_HOLD, HERE),
            (TheirState.THERE, GONE),
            (TheirState.THERE, DonorState.TYPED),
            (TheirState.LEFT, HERE),
            (TheirState.OTHER, HERE),
        ],
    )
    def test_are_of_the_state_where_the_two_contradict(self, theirs, ours):
        assert differences(row(state=theirs), donor(ours)) == ["state"]

    def test_tell_who_left_there_from_who_still_stands_there(self):
        assert differences(row(state=TheirState.LEFT), donor(GONE, ACCEPTED)) == ["out"]
        assert differences(row(state=TheirState.LEFT), donor(GONE, LEFT)) == []
        assert differences(row(state=TheirState.AVAILABLE), donor(GONE, LEFT)) == ["state"]
        assert differences(row(state=TheirState.THERE), donor(HERE, LEFT)) == ["state"]

    def test_are_of_number_and_day_until_both_were_recorded(self):
        assert differences(row(on=DAY), donor(national=SENT, number="")) == ["number", "day"]
        assert differences(row(on=DAY), donor(national=ACCEPTED)) == []
        assert differences(row(on=date(2026, 9, 2)), donor()) == ["day"]

    def test_are_none_of_a_number_that_older_records_spell_otherwise(self):
        assert differences(row(national_no="ZJ-0001"), donor(number="zj-0001")) == []
