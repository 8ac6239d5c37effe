"""How the Today page greets."""

import pytest
from django.utils import translation

from foundation.desk.views.today import greeting, needs_me


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


class TestGreeting:
    @pytest.mark.parametrize(
        ("hour", "words"),
        [
            (4, "evening"),
            (5, "morning"),
            (10, "morning"),
            (11, "day"),
            (14, "afternoon"),
            (18, "evening"),
            (23, "evening"),
        ],
    )
    def test_follows_the_hour(self, hour, words):
        assert words in greeting(hour)


class TestNeedsMe:
    @pytest.mark.parametrize(
        ("waiting", "sentence"),
        [(0, "Nothing waits for you."), (1, "1 thing waits for you."), (4, "4 things wait for you.")],
    )
    def test_counts_in_words(self, waiting, sentence):
        assert needs_me(waiting) == sentence
