"""Guards that need no database: ages, weights, days."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from foundation.access import task_actor
from foundation.moves import Move
from registry.donors import guards

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def move(reason: str = "", facts: Any = None, at: datetime = NOON, **donor: Any) -> Any:
    thing: Any = SimpleNamespace(**donor)
    return Move(thing, "register", task_actor("test"), at, reason, facts or {})


class TestAge:
    @pytest.mark.parametrize(
        ("born_on", "fine"),
        [
            (date(2008, 11, 20), True),  # eighteen today
            (date(2008, 11, 21), False),
            (date(1980, 11, 21), True),  # forty-six tomorrow
            (date(1980, 11, 20), False),
            (None, False),
        ],
    )
    def test_to_join_is_eighteen_to_the_day_before_forty_six(self, born_on: date | None, fine: bool) -> None:  # noqa: FBT001
        assert guards.is_of_the_age_to_join(move(born_on=born_on)) is fine

    def test_of_somebody_born_on_leap_day_counts_from_march(self) -> None:
        assert guards.age(date(2004, 2, 29), date(2026, 2, 28)) == 21
        assert guards.age(date(2004, 2, 29), date(2026, 3, 1)) == 22


class TestWeight:
    @pytest.mark.parametrize(
        ("sex", "kg", "fine"),
        [("F", "45", True), ("F", "44.9", False), ("M", "50", True), ("M", "49.5", False)],
    )
    def test_is_asked_by_sex(self, sex: str, kg: str, fine: bool) -> None:  # noqa: FBT001
        assert guards.weighs_enough(move(sex=sex, weight_kg=Decimal(kg))) is fine

    def test_must_be_known(self) -> None:
        assert not guards.weighs_enough(move(sex="F", weight_kg=None))


class TestCoolingOff:
    def test_is_over_after_seven_days_to_the_second(self) -> None:
        at = NOON - timedelta(days=7)
        assert guards.cooling_off_is_over(move(registered_at=at))
        assert not guards.cooling_off_is_over(move(registered_at=at + timedelta(seconds=1)))


class TestAPause:
    @pytest.mark.parametrize(
        ("until", "fine"),
        [
            (date(2026, 11, 20), False),
            (date(2026, 11, 21), True),
            (date(2028, 11, 20), True),
            (date(2028, 11, 21), False),
            (None, False),
        ],
    )
    def test_ends_after_today_and_within_two_years(self, until: date | None, fine: bool) -> None:  # noqa: FBT001
        assert guards.ends_within_two_years(move(hold_until=until)) is fine

    def test_of_months_ends_on_the_last_day_where_the_month_is_shorter(self) -> None:
        assert guards.months_later(date(2026, 12, 31), 2) == date(2027, 2, 28)
        assert guards.months_later(date(2027, 12, 31), 2) == date(2028, 2, 29)


class TestTheirOwnWord:
    @pytest.mark.parametrize(
        ("facts", "fine"),
        [
            ({"word": "LINK"}, True),
            ({"word": "STAFF_TWO_FACTS", "facts": ("born_on", "phone_end")}, True),
            ({"word": "STAFF_TWO_FACTS", "facts": ("born_on", "born_on")}, False),
            ({"word": "STAFF_TWO_FACTS"}, False),
        ],
    )
    def test_is_a_link_or_two_different_facts(self, facts: Any, fine: bool) -> None:  # noqa: FBT001
        assert guards.is_their_own_word(move(facts=facts)) is fine


class TestTheAgeLimit:
    def test_needs_a_notice_thirty_days_before(self) -> None:
        assert guards.was_told_about_the_age_limit(move(age_notice_on=date(2026, 10, 21)))
        assert not guards.was_told_about_the_age_limit(move(age_notice_on=date(2026, 10, 22)))
        assert not guards.was_told_about_the_age_limit(move(age_notice_on=None))
