"""Dates as people write them in sheets."""

from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.drives.sheets import dates

DAY = date(2025, 3, 5)


class TestRead:
    @pytest.mark.parametrize(
        "cell",
        [
            "2025-03-05", "2025-3-5", "2025/3/5", "2025.03.05", "2025年3月5日", "2025年03月05号",
            "2025年3月5",
            "20250305",
            "２０２５年３月５日",
            " 2025 年 3 月 5 日 ", "2025-03-05 00:00:00", 20250305,
            20250305.0, 45721, 45721.5,
            DAY, datetime(2025, 3, 5, 9, 30),  # noqa: DTZ001 a cell has no zone
        ],
    )  # fmt: skip
    def test_reads_the_year_first(self, cell):
        assert dates.read(cell) == DAY

    @pytest.mark.parametrize("cell", [None, "", "  ", "\u3000"])
    def test_is_nothing_where_nothing_stands(self, cell):
        assert dates.read(cell) is None

    @pytest.mark.parametrize(
        "cell",
        ["去年三月", "5/3/2025", "31/12/2023", "25-3-5", "2025-3", "2024/2/30", "1900-02-29", "2025030",
         "1.2", 3, 1e15, True],
    )  # fmt: skip
    def test_refuses_what_could_be_read_in_two_ways_or_in_none(self, cell):
        with pytest.raises(dates.DateUnreadable):
            dates.read(cell)

    @given(st.dates(date(1920, 1, 1), date(2100, 1, 1)))
    def test_reads_every_day_in_every_form(self, day):
        serial = (day - date(1899, 12, 30)).days
        forms = [day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", serial]

        assert {dates.read(form) for form in forms} == {day}

    @given(st.one_of(st.text(max_size=30), st.floats(), st.integers()))
    def test_answers_anything_with_a_day_or_a_problem(self, cell):
        with suppress(dates.DateUnreadable):
            assert dates.read(cell) is None or dates.read(cell).year >= 1900
