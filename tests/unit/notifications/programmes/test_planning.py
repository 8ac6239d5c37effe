"""The days of a programme: every rite, whatever day somebody died on, and twice the same."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import cnlunar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.calendar import LunarDate, NoSuchDay, leap_month, lunar, solar
from notifications.programmes import first
from notifications.programmes.models import ProgrammeStep
from notifications.programmes.planning import Facts, Silence, dates
from notifications.programmes.reckoning import lunar_day

ALWAYS = date(1980, 1, 1), date(2060, 12, 31)
DIED = st.dates(date(1990, 1, 1), date(2053, 12, 31))


def step(key="step", **said):
    plain = {
        "rule": "OFFSET", "base": "died_on", "offset_days": 0, "offset_months": 0, "counts_the_day": False,
        "first_year": 0, "last_year": 0, "month": 0, "day": 0, "term": "", "conditions": [],
        "only_if_chosen": False, "asks": False, "on_working_day": False,
    }  # fmt: skip
    return SimpleNamespace(key=key, **{**plain, **said})


def days(one, facts, since=ALWAYS[0], until=ALWAYS[1]):
    return [planned.on_date for planned in dates([one], facts, since=since, until=until)]


def died(day, **more):
    return Facts(days={"died_on": day}, **more)


def steps_of(key):
    (said,) = [one for one in first.read() if one.key == key]
    return [ProgrammeStep(order=order, **one) for order, one in enumerate(said.steps)]


def _days_of_month(year, month, *, leap):
    begins = solar(LunarDate(year, month, 1, leap))
    try:
        length = (solar(LunarDate(year, month, 30, leap)) - begins).days + 1
    except NoSuchDay:
        length = 29
    return [begins + timedelta(days=n) for n in range(length)]


def oracle(day):
    found = cnlunar.Lunar(datetime(day.year, day.month, day.day, 12), godType="8char")  # noqa: DTZ001 its own way
    return found.lunarMonth, found.lunarDay, found.isLunarLeapMonth


class TestDaysAfterADeath:
    @pytest.mark.parametrize(
        ("offset", "counted", "otherwise"), [(6, 7, 8), (34, 35, 36), (48, 49, 50), (99, 100, 101)]
    )
    def test_count_the_day_itself_or_begin_with_the_next(self, offset, counted, otherwise):
        rite = step(offset_days=offset, counts_the_day=True)
        day = date(2026, 8, 20)

        assert days(rite, died(day)) == [day + timedelta(days=counted - 1)]
        assert days(rite, died(day, counts_the_day=False)) == [day + timedelta(days=otherwise - 1)]

    def test_that_name_no_rite_are_the_same_in_every_region(self):
        assert days(step(offset_days=42), died(date(2026, 8, 20), counts_the_day=False)) == [
            date(2026, 10, 1)
        ]

    def test_by_months_end_with_the_month(self):
        assert days(step(offset_months=3), died(date(2026, 11, 30))) == [date(2027, 2, 28)]

    def test_are_none_where_the_day_is_not_known(self):
        assert days(step(base="donated_on"), died(date(2026, 8, 20))) == []

    def test_go_on_to_the_next_working_day_which_may_be_a_worked_sunday(self):
        on_a_saturday = step(on_working_day=True, offset_days=2)

        assert days(on_a_saturday, died(date(2025, 9, 25))) == [date(2025, 9, 28)]  # made up for the holiday


class TestAnniversaries:
    def of(self, day, by, until=date(2045, 12, 31)):
        return days(step("anniversary", rule="YEARLY"), died(day, chosen={"anniversary": by}), until=until)

    def test_of_the_twenty_ninth_of_february_are_kept_on_the_last_day_of_february(self):
        assert self.of(date(2024, 2, 29), "SOLAR")[:4] == [
            date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29),
        ]  # fmt: skip

    def test_of_lunar_12_30_are_kept_on_the_last_day_of_the_lunar_year(self):
        found = self.of(date(2024, 2, 9), "LUNAR")  # the eve of the year of the dragon, 30 of the twelfth

        assert found[:3] == [date(2025, 1, 28), date(2026, 2, 16), date(2027, 2, 5)]
        assert [(lunar(day).month, lunar(day).day) for day in found[:3]] == [(12, 29)] * 3

    def test_of_a_leap_month_are_kept_in_the_ordinary_month(self):
        found = self.of(date(2025, 8, 3), "LUNAR")  # the tenth of the second sixth month

        assert found[0] == date(2026, 7, 23)
        assert {(lunar(day).month, lunar(day).day, lunar(day).leap) for day in found} == {(6, 10, False)}

    @given(DIED)
    def test_by_the_moon_come_once_a_lunar_year_and_agree_with_a_second_calendar(self, day):
        found = self.of(day, "LUNAR", until=date(day.year + 2, 12, 31))
        month, number, _leap = oracle(day)

        assert [lunar(kept).year for kept in found] == [lunar(day).year + n for n in range(1, len(found) + 1)]
        for kept in found:
            assert oracle(kept)[0] == month
            assert oracle(kept)[1:] in {(number, False), (29, False)}
            assert oracle(kept)[1] == number or oracle(kept + timedelta(days=1))[1] == 1  # clamped at its end

    @given(DIED)
    def test_by_the_sun_come_every_year(self, day):
        found = self.of(day, "SOLAR", until=date(day.year + 5, 12, 31))

        assert [kept.year for kept in found] == [day.year + n for n in range(1, 6)]
        assert all(kept.month == day.month and day.day - kept.day in {0, 1} for kept in found)

    def test_keep_their_numbers_when_the_family_changes_its_calendar(self):
        one = step("anniversary", rule="YEARLY")
        span = {"since": ALWAYS[0], "until": date(2029, 12, 31)}
        by = [
            dates([one], died(date(2026, 1, 10), chosen={"anniversary": kept}), **span)
            for kept in ("SOLAR", "LUNAR")
        ]

        assert [[planned.occasion for planned in some[:3]] for some in by] == [
            ["1", "2", "3"],
            ["1", "2", "3"],
        ]


class TestDaysOfTheYear:
    @pytest.mark.slow
    @pytest.mark.parametrize("year", range(1990, 2056))
    def test_qingming_agrees_with_a_second_calendar(self, year):
        (day,) = days(step(rule="TERM", term="清明", base=""), Facts(), date(year, 1, 1), date(year, 12, 31))

        told = cnlunar.Lunar(datetime(year, 1, 15, 12), godType="8char").thisYearSolarTermsDic["清明"]  # noqa: DTZ001
        assert (day.month, day.day) == told

    @pytest.mark.slow
    def test_of_every_lunar_month_agree_with_a_second_calendar(self):
        found = {}
        for year in range(1989, 2056):  # the lunar years of 1990 to 2055
            for month, leap in [*((month, False) for month in range(1, 13)), (leap_month(year), True)]:
                kept = _days_of_month(year, month, leap=leap) if month else []
                found |= {day: (month, number, leap) for number, day in enumerate(kept, start=1)}
                assert all(lunar(day) == LunarDate(year, *found[day]) for day in kept[:1] + kept[-1:])
                assert leap or lunar_day(month, 30, year) == kept[-1]
        every = [
            date(1990, 1, 1) + timedelta(days=n) for n in range((date(2056, 1, 1) - date(1990, 1, 1)).days)
        ]

        assert [day for day in every if found[day] != oracle(day)] == []

    @pytest.mark.parametrize(("month", "number"), [(9, 9), (7, 15), (10, 1), (1, 1)])
    def test_of_the_moon_agree_with_a_second_calendar(self, month, number):
        found = days(
            step(rule="LUNAR", month=month, day=number, base=""), Facts(), date(1990, 3, 1), date(2055, 2, 1)
        )

        assert len(found) in {65, 66}
        assert {oracle(day) for day in found} == {(month, number, False)}

    def test_begin_after_the_death_and_end_after_three_times(self):
        festival = step(rule="LUNAR", month=1, day=1, last_year=3)

        assert days(festival, died(date(2026, 2, 17))) == [
            date(2027, 2, 6),
            date(2028, 1, 26),
            date(2029, 2, 13),
        ]

    def test_of_the_elderly_are_kept_from_sixty_on(self):
        chongyang = step(rule="LUNAR", month=9, day=9, conditions=["parent_60"])
        facts = died(date(2026, 1, 1), parents_born=(date(1967, 10, 8),))

        assert days(chongyang, facts, until=date(2028, 12, 31)) == [date(2027, 10, 8), date(2028, 10, 26)]


class TestWhatIsLeftOut:
    def test_is_a_day_on_which_the_family_wants_no_word(self):
        facts = died(date(2026, 8, 20), silent=(Silence(10, 1),))

        (planned,) = dates([step(offset_days=42)], facts, since=ALWAYS[0], until=ALWAYS[1])

        assert (planned.on_date, planned.why) == (date(2026, 10, 1), "silent_day")

    def test_is_a_lunar_day_of_every_year_or_a_day_of_one(self):
        assert Silence(8, 15, calendar="LUNAR").holds_on(date(2026, 9, 25))
        assert not Silence(10, 1, year=2027).holds_on(date(2026, 10, 1))

    def test_is_the_last_day_of_a_month_that_has_no_such_day(self):
        new_years_eve, leap_day = Silence(12, 30, calendar="LUNAR"), Silence(2, 29)

        assert new_years_eve.holds_on(date(2026, 2, 16))  # the 29th: that month has no 30th
        assert not new_years_eve.holds_on(date(2024, 2, 8))  # the 29th, before a 30th
        assert new_years_eve.holds_on(date(2024, 2, 9))
        assert [leap_day.holds_on(date(year, 2, 28)) for year in (2027, 2028)] == [True, False]

    def test_is_whatever_asks_for_something_before_the_hundredth_day(self):
        asking = step(offset_days=50, asks=True)
        facts = died(date(2026, 8, 20), quiet_until=date(2026, 11, 27))

        (planned,) = dates([asking], facts, since=ALWAYS[0], until=ALWAYS[1])

        assert planned.why == "before_hundred"

    def test_is_every_rite_that_nobody_chose(self):
        def kept(**facts):
            found = dates(
                steps_of("family_care"), died(date(2026, 8, 20), **facts), since=ALWAYS[0], until=ALWAYS[1]
            )
            return [one.key for one in found]

        unasked = frozenset({"first_months"})
        assert kept(marks=unasked) == ["papers_week6", "call_month2", "grief_month3"]
        assert kept() == ["papers_week6"], "the household declined the call and the letter"


class TestDates:
    @given(DIED, st.sampled_from(["SOLAR", "LUNAR"]), st.booleans(), st.integers(0, 700))
    def test_are_the_same_twice_and_in_two_halves(self, day, by, counts, cut):
        steps = steps_of("family_care")
        facts = Facts(
            days={"died_on": day, "opened_on": day},
            chosen=dict.fromkeys([one.key for one in steps], by),
            counts_the_day=counts,
        )
        until, middle = day + timedelta(days=730), day + timedelta(days=cut)

        whole = dates(steps, facts, since=day, until=until)

        assert whole == dates(steps, facts, since=day, until=until)
        halves = [
            *dates(steps, facts, since=day, until=middle),
            *dates(steps, facts, since=middle + timedelta(days=1), until=until),
        ]
        assert sorted(map(_plain, halves)) == sorted(map(_plain, whole))
        assert len({(one.key, one.occasion) for one in whole}) == len(whole)


def _plain(planned):
    return planned.on_date, planned.key, planned.occasion
