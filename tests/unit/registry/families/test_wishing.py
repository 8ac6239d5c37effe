"""Which days a household can ask to be left alone on."""

import pytest
from django.core.exceptions import ValidationError

from registry.families.days import exists
from registry.families.forms.wishes import DayField
from registry.families.records import Day


class TestExists:
    @pytest.mark.parametrize(
        "day",
        [
            Day(5, 4, "SOLAR"),
            Day(2, 29, "SOLAR"),  # of every year: in leap years
            Day(2, 29, "SOLAR", 2028),
            Day(12, 30, "LUNAR"),  # of every year: in some
            Day(12, 30, "LUNAR", 2023),
        ],
    )
    def test_knows_days_that_there_are(self, day):
        assert exists(day)

    @pytest.mark.parametrize(
        "day",
        [
            Day(2, 30, "SOLAR"),
            Day(2, 29, "SOLAR", 2027),
            Day(13, 1, "LUNAR"),
            Day(1, 31, "LUNAR"),
            Day(0, 1, "LUNAR"),
            Day(12, 30, "LUNAR", 2025),  # that year's last month has 29 days
            Day(1, 1, "SOLAR", 0),
        ],
    )
    def test_knows_days_that_there_are_not(self, day):
        assert not exists(day)


class TestDayField:
    @pytest.mark.parametrize(
        ("typed", "read"),
        [
            ("5-4", (None, 5, 4)),
            ("2026-5-4", (2026, 5, 4)),
            ("5月4日", (None, 5, 4)),
            ("２０２６年５月４日", (2026, 5, 4)),
            ("5 / 4", (None, 5, 4)),
            ("", None),
        ],
    )
    def test_reads_a_day_as_people_write_it(self, typed, read):
        assert DayField(required=False).clean(typed) == read

    @pytest.mark.parametrize("typed", ["5", "tomorrow", "5-4-3-2", "99999-1-1"])
    def test_refuses_what_is_no_day(self, typed):
        with pytest.raises(ValidationError):
            DayField(required=False).clean(typed)
