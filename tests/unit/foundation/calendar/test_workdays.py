"""Working days of mainland China."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.calendar import Notice, add_working_days, is_settled, is_working_day, working_days_between

DAYS = st.dates(date(2007, 1, 1), date(2027, 12, 31))


class TestIsWorkingDay:
    @pytest.mark.parametrize(
        "day",
        [
            "2026-01-04",
            "2026-02-14",
            "2026-02-28",
            "2026-05-09",
            "2026-09-20",
            "2026-10-10",
            "2025-01-26",
            "2024-02-04",
        ],
    )
    def test_counts_the_weekend_days_worked_in_place_of_a_holiday(self, day):
        assert is_working_day(date.fromisoformat(day))

    @pytest.mark.parametrize(
        "day",
        [
            "2026-01-02",
            "2026-02-16",
            "2026-02-23",
            "2026-04-06",
            "2026-05-05",
            "2026-06-19",
            "2026-10-07",
            "2027-02-08",
        ],
    )
    def test_does_not_count_holidays(self, day):
        assert not is_working_day(date.fromisoformat(day))

    def test_follows_a_notice_that_the_library_does_not_know(self):
        saturday, friday = date(2027, 1, 9), date(2027, 1, 8)
        notice = Notice(off=frozenset({friday}), worked=frozenset({saturday}))

        assert is_working_day(saturday, notice=notice)
        assert not is_working_day(friday, notice=notice)

    def test_knows_of_which_year_the_worked_weekends_are_published(self):
        assert is_settled(2026)
        assert not is_settled(2030)


class TestAddWorkingDays:
    def test_steps_over_a_holiday_and_onto_the_saturday_worked_for_it(self):
        assert add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 14)
        assert add_working_days(date(2026, 2, 14), 1) == date(2026, 2, 24)

    def test_takes_one_working_day_before_the_week_of_the_national_day(self):
        assert add_working_days(date(2026, 10, 8), -1) == date(2026, 9, 30)

    @given(DAYS, st.integers(1, 90))
    def test_lands_on_a_working_day_with_as_many_in_between(self, day, days):
        landed = add_working_days(day, days)

        assert is_working_day(landed)
        assert working_days_between(day, landed) == days

    @given(DAYS)
    def test_gives_the_day_back_for_none(self, day):
        assert add_working_days(day, 0) == day


class TestWorkingDaysBetween:
    @given(DAYS, st.integers(0, 60), st.integers(0, 60))
    def test_adds_up(self, day, first, second):
        middle = day + timedelta(days=first)
        end = middle + timedelta(days=second)

        assert working_days_between(day, middle) + working_days_between(middle, end) == working_days_between(
            day, end
        )
