"""Lunar dates, anniversaries and solar terms, against a second calendar."""

from datetime import date, datetime

import cnlunar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.calendar import (
    LunarDate,
    NoSuchDay,
    Term,
    leap_month,
    lunar,
    solar,
    solar_term,
    words,
)

DAYS = st.dates(date(1930, 1, 1), date(2090, 12, 31))


class TestLunar:
    @given(
        st.dates(date(1930, 1, 1), date(2056, 12, 31))
    )  # in 2057 a new moon falls at midnight: tables differ
    def test_agrees_with_a_second_calendar(self, day):
        oracle = cnlunar.Lunar(datetime(day.year, day.month, day.day, 12), godType="8char")  # noqa: DTZ001 its own way
        ours = lunar(day)

        assert (ours.month, ours.day, ours.leap) == (
            oracle.lunarMonth,
            oracle.lunarDay,
            oracle.isLunarLeapMonth,
        )

    @given(DAYS)
    def test_comes_back_to_the_same_day(self, day):
        assert solar(lunar(day)) == day

    @pytest.mark.parametrize(("day", "expected"), [("1954-12-25", (12, 1)), ("1978-09-03", (8, 1))])
    def test_is_right_where_other_tables_are_wrong(self, day, expected):
        found = lunar(date.fromisoformat(day))

        assert (found.month, found.day) == expected


class TestSolar:
    @pytest.mark.parametrize(
        "day",
        [
            LunarDate(2025, 12, 30),
            LunarDate(2026, 6, 1, leap=True),
            LunarDate(2026, 13, 1),
            LunarDate(2026, 1, 0),
        ],
    )
    def test_refuses_a_day_that_year_does_not_have(self, day):
        with pytest.raises(NoSuchDay):
            solar(day)


class TestLeapMonth:
    def test_is_none_in_most_years(self):
        assert [leap_month(year) for year in (2023, 2024, 2025, 2026)] == [2, 0, 6, 0]


class TestSolarTerm:
    @pytest.mark.parametrize(
        ("term", "year", "day"),
        [
            (Term.QINGMING, 2026, "2026-04-05"),
            (Term.QINGMING, 2024, "2024-04-04"),
            (Term.DONGZHI, 2025, "2025-12-21"),
            ("冬至", 2026, "2026-12-22"),
            (Term.XIAOHAN, 2026, "2026-01-05"),
        ],
    )
    def test_falls_on_its_day(self, term, year, day):
        assert solar_term(term, year) == date.fromisoformat(day)

    @given(st.integers(1930, 2090))
    def test_keeps_the_order_of_the_year(self, year):
        days = [solar_term(term, year) for term in Term]

        assert days == sorted(days)
        assert {day.year for day in days} == {year}


class TestWords:
    @pytest.mark.parametrize(
        ("day", "spoken"),
        [
            (LunarDate(2026, 1, 1), "正月初一"),
            (LunarDate(2026, 8, 15), "八月十五"),
            (LunarDate(2025, 6, 21, leap=True), "闰六月廿一"),
            (LunarDate(2023, 11, 10), "冬月初十"),
            (LunarDate(2023, 12, 20), "腊月二十"),
            (LunarDate(2023, 12, 30), "腊月三十"),
        ],
    )
    def test_say_a_day_as_it_is_spoken(self, day, spoken):
        assert words(day) == spoken
