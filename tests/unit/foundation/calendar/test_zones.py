"""Which day a moment belongs to."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.calendar import NoZone, at, day_of, span_of, start_of

ZONES = st.sampled_from([ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")])
DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))


class TestDayOf:
    def test_is_the_next_day_in_china_when_it_is_afternoon_by_utc(self):
        assert day_of(datetime(2026, 11, 21, 16, tzinfo=UTC)) == date(2026, 11, 22)

    def test_refuses_a_moment_without_a_zone(self):
        with pytest.raises(NoZone):
            day_of(datetime(2026, 11, 21))  # noqa: DTZ001 on purpose

    @given(DAYS, ZONES)
    def test_holds_from_the_first_moment_to_the_last(self, day, zone):
        start, end = span_of(day, zone)

        assert day_of(start, zone) == day
        assert day_of(end - timedelta(seconds=1), zone) == day
        assert day_of(end, zone) != day


class TestAt:
    def test_gives_the_moment_by_utc(self):
        assert at(date(2026, 4, 5), time(9, 30)) == datetime(2026, 4, 5, 1, 30, tzinfo=UTC)
        assert start_of(date(2026, 4, 5)) == datetime(2026, 4, 4, 16, tzinfo=UTC)
