"""Two groups are compared by intervals that are known from the literature."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.retention.comparing import Verdict, compare, share

COUNTS = st.integers(0, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


class TestShare:
    @pytest.mark.parametrize(
        ("found", "people", "low", "high"),
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
    )
    def test_has_the_interval_of_newcombe_s_first_table(
        self, found: int, people: int, low: float, high: float
    ) -> None:
        """Source: Newcombe 1998, Stat. Med. 17: 857-872, table I, method 3"""
        known = share(found, people)
        assert (round(known.low, 4), round(known.high, 4)) == (low, high)

    def test_of_nobody_may_be_anything(self) -> None:
        assert (share(0, 0).low, share(0, 0).high) == (0.0, 1.0)

    @pytest.mark.parametrize(("found", "people"), [(2, 1), (-1, 5)])
    def test_of_more_than_there_are_is_refused(self, found: int, people: int) -> None:
        with pytest.raises(ValueError, match="no share"):
            share(found, people)

    @given(COUNTS)
    def test_lies_in_its_interval(self, counts: tuple[int, int]) -> None:
        known = share(*counts)
        assert 0 <= known.low <= known.share <= known.high + 1e-12 or known.people == 0
        assert known.high <= 1


class TestCompare:
    @pytest.mark.parametrize(
        ("one", "other", "low", "high"),
        [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((10, 10), (0, 20), 0.6791, 1.0),
            ((0, 10), (0, 20), -0.1611, 0.2775),
        ],
    )
    def test_has_the_interval_of_newcombe_s_second_table(
        self, one: tuple[int, int], other: tuple[int, int], low: float, high: float
    ) -> None:
        """Source: Newcombe 1998, Stat. Med. 17: 873-890, table II, method 10"""
        found = compare(share(*one), share(*other))
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)

    @pytest.mark.parametrize(
        ("one", "other", "verdict"),
        [
            ((56, 70), (48, 80), Verdict.MORE),
            ((48, 80), (56, 70), Verdict.FEWER),
            ((30, 100), (6, 25), Verdict.CANNOT_BE_TOLD),
            ((0, 0), (6, 25), Verdict.NOBODY),
        ],
    )
    def test_says_only_what_can_be_told(
        self, one: tuple[int, int], other: tuple[int, int], verdict: Verdict
    ) -> None:
        assert compare(share(*one), share(*other)).verdict == verdict

    @given(COUNTS, COUNTS)
    def test_turned_round_says_the_opposite(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        there, back = compare(share(*one), share(*other)), compare(share(*other), share(*one))
        assert there.low == pytest.approx(-back.high)
        assert (there.verdict == Verdict.MORE) == (back.verdict == Verdict.FEWER)
