"""Which step of an alarm follows when nobody answered."""

import pytest
from django.conf import settings

from notifications.paging import order
from notifications.programmes.models import ProgrammeStep

STEPS = [
    ProgrammeStep(order=place, key=key, rule=rule)
    for place, (key, rule) in enumerate(
        [("now", "AT_ONCE"), ("second", "NEXT"), ("third", "NEXT"), ("all", "AGAIN"), ("slowly", "AGAIN")]
    )
]
BY_KEY = {step.key: step for step in STEPS}


class TestFollowing:
    @pytest.mark.parametrize(
        ("done", "somebody_next", "follows"),
        [
            ("now", True, "second"),
            ("second", True, "third"),
            ("third", True, "third"),  # for each who is still to be called
            ("now", False, "all"),  # nobody else is on duty
            ("third", False, "all"),
            ("all", False, "slowly"),
            ("slowly", False, "slowly"),  # until somebody answers
            ("slowly", True, "third"),  # somebody came on duty meanwhile
        ],
    )
    def test_passes_on_until_nobody_is_left_and_then_calls_all_without_an_end(
        self, done, somebody_next, follows
    ):
        assert order.following(STEPS, BY_KEY[done], somebody_next=somebody_next) is BY_KEY[follows]


class TestShipped:
    def test_waits_as_long_as_the_rules_say(self):
        assert {step.minutes for step in order.shipped()} == {settings.PAGING_PASS_ON_MINUTES}
