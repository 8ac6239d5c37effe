"""Which day a moment belongs to."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.calendar import CHINA, NoZone, at, day_of, opens_at, span_of, start_of

ZONES = st.sampled_from([ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")])
CHATHAM, AUCKLAND, HONOLULU = map(ZoneInfo, ["Pacific/Chatham", "Pacific/Auckland", "Pacific/Honolulu"])
BERLIN = ZoneInfo("Europe/Berlin")
HOURS = (9, 20)
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


class TestOpensAt:
    @pytest.mark.parametrize("zone", [CHINA, BERLIN, CHATHAM, HONOLULU], ids=str)
    @pytest.mark.parametrize(
        ("clock", "days", "opens"),
        [
            (time(0), 0, time(9)),
            (time(8, 59, 59), 0, time(9)),
            (time(9), 0, time(9)),
            (time(19, 59, 59), 0, time(19, 59, 59)),
            (time(20), 1, time(9)),
            (time(23, 59, 59), 1, time(9)),
        ],
    )
    def test_takes_the_first_hour_and_not_the_last(self, zone, clock, days, opens):
        day = date(2026, 11, 21)

        assert opens_at(at(day, clock, zone), HOURS, zone) == at(day + timedelta(days=days), opens, zone)

    @pytest.mark.parametrize(
        ("evening", "hours"),
        [(date(2026, 3, 28), 12), (date(2026, 10, 24), 14), (date(2026, 6, 1), 13)],
        ids=["the clock goes forward", "the clock goes back", "neither"],
    )
    def test_opens_at_nine_by_the_clock_of_a_morning_of_another_time(self, evening, hours):
        moment = at(evening, time(20), BERLIN)

        assert opens_at(moment, HOURS, BERLIN) - moment == timedelta(hours=hours)

    def test_knows_each_side_of_the_date_line_by_its_own_day(self):
        moment = datetime(2026, 11, 21, 8, tzinfo=UTC)  # nine in the evening; ten on the day before

        assert opens_at(moment, HOURS, AUCKLAND) == at(date(2026, 11, 22), time(9), AUCKLAND)
        assert opens_at(moment, HOURS, HONOLULU) == at(date(2026, 11, 21), time(9), HONOLULU)

    def test_never_closes_between_nought_and_twenty_four(self):
        moment = at(date(2026, 11, 21), time(23, 59))

        assert opens_at(moment, (0, 24)) == moment

    def test_refuses_a_moment_without_a_zone(self):
        with pytest.raises(NoZone):
            opens_at(datetime(2026, 11, 21), HOURS)  # noqa: DTZ001 on purpose

    @given(DAYS, st.times(), ZONES)
    def test_is_open_when_it_opens(self, day, clock, zone):
        moment = at(day, clock, zone)
        opens = opens_at(moment, HOURS, zone)

        assert moment <= opens <= moment + timedelta(hours=14)
        assert HOURS[0] <= opens.astimezone(zone).hour < HOURS[1]
        assert opens_at(opens, HOURS, zone) == opens
