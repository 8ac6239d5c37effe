"""Clocks of a match in working days: 2026 and 2027 with make-up days, New Year, a leap day, colours.

Counted by hand on the State Council's arrangement of 2026: 1-3 January off (Sunday 4 worked); 15-23
February off (Saturdays 14 and 28 worked); 4-6 April; 1-5 May (Saturday 9 worked); 19-21 June; 25-27
September; 1-7 October off (Sunday 20 September and Saturday 10 October worked).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from consent.purposes import Purpose
from foundation import calendar
from foundation.moves import Move
from foundation.trail import Actor, ActorKind
from registry.cases import clocks, guards
from registry.cases.models import MatchCase
from registry.donors.models import Donor

BY = Actor(ActorKind.COMMAND, "tests")


class TestReservation:
    @pytest.mark.parametrize(
        ("requested_on", "source", "request_", "ends"),
        [
            # 8 left in November, 23 in December, 20 in January, 2 in February
            (date(2026, 11, 18), "INTERNATIONAL", "WORK_UP", date(2027, 2, 2)),
            # 19 in January, 11 to the Spring Festival and 5 after it, 22 in March, 3 in April
            (date(2026, 1, 5), "INTERNATIONAL", "TYPING", date(2026, 4, 3)),
            (date(2026, 7, 1), "DOMESTIC", "TYPING", date(2026, 9, 22)),
            (date(2026, 7, 1), "DOMESTIC", "WORK_UP", date(2026, 9, 14)),
        ],
    )
    def test_ends_so_many_working_days_after_the_request(
        self, requested_on: date, source: str, request_: str, ends: date
    ) -> None:
        assert clocks.reservation_ends(requested_on, source=source, request=request_) == ends

    @pytest.mark.parametrize("source", ["INTERNATIONAL", "DOMESTIC", "SEARCH"])
    @pytest.mark.parametrize(("request_", "days"), [("TYPING", 60), ("WORK_UP", 53)])
    def test_is_as_long_as_its_profile_says_on_every_day_of_two_years(
        self, source: str, request_: str, days: int
    ) -> None:
        for n in range(0, 730, 7):
            day = date(2026, 1, 1) + timedelta(days=n)
            ends = clocks.reservation_ends(day, source=source, request=request_)
            assert calendar.is_working_day(ends)
            assert calendar.working_days_between(day, ends) == days


class TestFirstAttempt:
    @pytest.mark.parametrize(
        ("received_on", "due"),
        [
            (date(2026, 11, 20), date(2026, 11, 23)),  # Friday → Monday
            (date(2026, 12, 31), date(2027, 1, 4)),  # across the New Year
            (date(2026, 1, 3), date(2026, 1, 4)),  # the Sunday is worked
            (date(2026, 2, 13), date(2026, 2, 14)),  # so is the Saturday before the Spring Festival
            (date(2026, 2, 14), date(2026, 2, 24)),  # then nine days off
            (date(2026, 2, 27), date(2026, 2, 28)),
            (date(2026, 5, 8), date(2026, 5, 9)),
            (date(2026, 9, 30), date(2026, 10, 8)),  # the National Day
            (date(2028, 2, 28), date(2028, 2, 29)),  # a leap day is a day
        ],
    )
    def test_is_due_on_the_next_working_day(self, received_on: date, due: date) -> None:
        assert clocks.contact_due(received_on) == due


class TestElapsed:
    """In Berlin and New York a day of spring has 23 hours, and one of autumn 25."""

    @pytest.mark.parametrize(
        ("zone", "day", "hours"),
        [
            ("Europe/Berlin", date(2026, 3, 28), 23),
            ("Europe/Berlin", date(2026, 10, 24), 25),
            ("America/New_York", date(2026, 3, 7), 23),
            ("Asia/Shanghai", date(2026, 3, 28), 24),
        ],
    )
    def test_counts_what_passed_and_not_what_the_wall_says(self, zone: str, day: date, hours: int) -> None:
        since = datetime.combine(day, time(12), tzinfo=ZoneInfo(zone))
        next_noon = since + timedelta(days=1)  # by the wall

        assert clocks.elapsed(since, next_noon) == timedelta(hours=hours)
        assert clocks.later(since, timedelta(hours=hours)) == next_noon

    def test_shuts_the_guards_of_24_hours_on_the_day_that_has_23(self) -> None:
        talk = datetime(2026, 3, 28, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
        signed = talk + timedelta(days=1)
        donor = Donor(subject_id=uuid4())
        early = MatchCase(donor=donor, talked_at=talk, final_consent_at=signed)
        move: Move[MatchCase] = Move(early, "schedule", BY, signed, answers={Purpose.DONATION_FINAL: True})
        assert not guards.final_consent_is_in_force(move)
        early.final_consent_at = signed + timedelta(hours=1)
        assert guards.final_consent_is_in_force(move)

    def test_opens_them_no_longer_on_the_day_that_has_25(self) -> None:
        reached = datetime(2026, 10, 24, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
        case = MatchCase(last_reached_at=reached)
        late: Move[MatchCase] = Move(case, "condition", BY, reached + timedelta(days=1))
        assert not guards.donor_was_reached_just_now(late)


class TestOfficialCalendar:
    def test_of_2026_is_settled_with_its_make_up_days(self) -> None:
        assert calendar.is_settled(2026)
        worked = [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9),
                  date(2026, 9, 20), date(2026, 10, 10)]  # fmt: skip
        weekend = [
            day
            for n in range(365)
            if (day := date(2026, 1, 1) + timedelta(days=n)).weekday() > 4 and calendar.is_working_day(day)
        ]
        assert weekend == worked

    def test_of_2027_counts_the_statutory_holidays_until_it_is_settled(self) -> None:
        if calendar.is_settled(2027):
            assert any(
                calendar.is_working_day(day)
                for n in range(365)
                if (day := date(2027, 1, 1) + timedelta(days=n)).weekday() > 4
            )
            return
        assert not calendar.is_working_day(date(2027, 1, 1))
        assert not calendar.is_working_day(date(2027, 10, 1))
        assert calendar.is_working_day(date(2027, 1, 4))


class TestColour:
    @pytest.mark.parametrize(
        ("today", "left", "colour"),
        [
            (date(2026, 11, 17), 4, "green"),
            (date(2026, 11, 18), 3, "amber"),
            (date(2026, 11, 22), 1, "amber"),  # a Sunday: Monday is left
            (date(2026, 11, 23), 0, "amber"),  # the day itself is not over
            (date(2026, 11, 24), -1, "red"),
            (date(2026, 11, 28), -4, "red"),
        ],
    )
    def test_says_how_near_the_end_is(self, today: date, left: int, colour: str) -> None:
        due = date(2026, 11, 23)
        assert (clocks.left(due, today=today), clocks.colour(due, today=today)) == (left, colour)

    def test_counts_make_up_days_as_left(self) -> None:
        assert clocks.left(date(2026, 10, 10), today=date(2026, 9, 30)) == 3  # Thursday, Friday, Saturday
