"""How the Today page greets."""

import pytest
from django.utils import translation

from foundation.desk.context import in_short
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


class TestInShort:
    def test_leaves_out_what_is_said_above(self):
        way = ["浙江省红十字会", "宁波市红十字会", "宁波市鄞州区红十字会"]

        assert in_short(way) == ["浙江省", "宁波市", "鄞州区"]

    def test_keeps_a_name_that_shares_nothing(self):
        assert in_short(["浙江省红十字会", "示例组织配型实验室"]) == ["浙江省", "示例组织配型实验室"]
