"""What two records say otherwise of a person, and when two people are likelier than one."""

from __future__ import annotations

from itertools import combinations

import pytest
from django.utils import translation

from registry.donors import likeness

WHO = ("name", "sex", "born_on")


class TestWords:
    @pytest.mark.parametrize(
        "differs", [some for n in (1, 2, 3) for some in combinations(WHO, n)], ids="+".join
    )
    def test_name_everything_that_differs(self, differs: tuple[str, ...]) -> None:
        with translation.override("en"):
            said = likeness.words(differs).lower()
        named = {"name": "name", "sex": "sex", "born_on": "birth date"}
        assert [name for name in WHO if named[name] in said] == list(differs)

    def test_are_none_where_nothing_differs(self) -> None:
        assert likeness.words(()) == ""


class TestDoubt:
    @pytest.mark.parametrize(("how_many", "doubtful"), [(0, False), (1, False), (2, True), (3, True)])
    def test_begins_with_the_second_difference(self, how_many: int, doubtful: bool) -> None:  # noqa: FBT001
        assert likeness.is_doubtful(WHO[:how_many]) is doubtful
