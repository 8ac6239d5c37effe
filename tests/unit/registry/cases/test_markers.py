"""What infection markers say, and until when blood once drawn counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry.cases.clocks import AMBER, GREEN, RED
from registry.cases.markers import MUST_BE_NEGATIVE, Marker, age_of, fit_by

CLEAN = {marker.value: "NEGATIVE" for marker in Marker}
DRAWN = date(2026, 11, 1)


class TestFitness:
    def test_needs_the_four_to_be_negative(self):
        assert fit_by(CLEAN) is True

    @pytest.mark.parametrize("marker", MUST_BE_NEGATIVE)
    def test_is_none_with_one_of_them_positive_unclear_or_missing(self, marker):
        assert fit_by(CLEAN | {marker.value: "POSITIVE"}) is False
        assert fit_by(CLEAN | {marker.value: "UNCLEAR"}) is None
        assert fit_by({name: found for name, found in CLEAN.items() if name != marker}) is None

    def test_is_not_lost_by_what_most_adults_carry(self):
        assert fit_by(CLEAN | {"CMV": "POSITIVE", "EBV": "UNCLEAR"}) is True


class TestAge:
    @pytest.mark.parametrize(
        ("days", "colour", "in_time"),
        [(0, GREEN, True), (22, GREEN, True), (23, AMBER, True), (30, AMBER, True), (31, RED, False)],
    )
    def test_warns_a_week_before_thirty_days_are_over(self, days, colour, in_time):
        age = age_of(DRAWN, today=DRAWN + timedelta(days=days), collection_on=None)
        assert (age.days, age.colour, age.in_time) == (days, colour, in_time)
        assert age.good_until == date(2026, 12, 1)

    def test_counts_to_the_day_of_collection(self):
        assert age_of(DRAWN, today=DRAWN, collection_on=date(2026, 12, 1)).in_time
        assert age_of(DRAWN, today=DRAWN, collection_on=date(2026, 12, 2)).colour == RED
