"""By night no machine speaks to anybody: by the clock of where they are."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from foundation import calendar
from notifications.plans import quiet

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
AUCKLAND, HONOLULU = ZoneInfo("Pacific/Auckland"), ZoneInfo("Pacific/Honolulu")
DAY, NEXT = date(2026, 11, 21), date(2026, 11, 22)


class TestNightOver:
    @pytest.mark.parametrize("clock", [SHANGHAI, BERLIN, AUCKLAND, HONOLULU], ids=str)
    @pytest.mark.parametrize(
        ("hour", "over"),
        [
            (time(8, 59, 59), (DAY, time(9))),
            (time(9), None),
            (time(19, 59, 59), None),
            (time(20), (NEXT, time(9))),
        ],
    )
    def test_is_at_nine_and_by_day_never(self, clock, hour, over):
        expected = None if over is None else calendar.at(*over, clock)

        assert quiet.night_over(calendar.at(DAY, hour, clock), clock) == expected

    def test_is_an_hour_sooner_in_the_night_in_which_summer_time_begins(self):
        evening = calendar.at(date(2026, 3, 28), time(20), BERLIN)

        assert quiet.night_over(evening, BERLIN) == evening + timedelta(hours=12)

    def test_keeps_to_the_house_s_hours(self, settings):
        settings.QUIET_HOURS = (0, 24)

        assert quiet.night_over(calendar.at(DAY, time(3)), SHANGHAI) is None


class TestSpeakingDay:
    @pytest.mark.parametrize(
        ("hour", "day"), [(time(0), DAY), (time(9), DAY), (time(19, 59, 59), DAY), (time(20), NEXT)]
    )
    def test_is_in_an_evening_the_next_one(self, hour, day):
        assert quiet.speaking_day(calendar.at(DAY, hour, BERLIN), BERLIN) == day

    def test_is_of_the_day_it_is_there(self):
        moment = datetime(2026, 11, 21, 12, tzinfo=UTC)  # eight in the evening in China

        assert quiet.speaking_day(moment, SHANGHAI) == NEXT
        assert quiet.speaking_day(moment, AUCKLAND) == NEXT
        assert quiet.speaking_day(moment, HONOLULU) == DAY


class TestMorningOf:
    def test_is_nine_by_their_clock(self):
        assert quiet.morning_of(DAY, SHANGHAI) == datetime(2026, 11, 21, 1, tzinfo=UTC)
        assert quiet.morning_of(date(2026, 7, 1), BERLIN) == datetime(2026, 7, 1, 7, tzinfo=UTC)
