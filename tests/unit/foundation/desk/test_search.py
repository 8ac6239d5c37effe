"""How the search box reads what was typed."""

import pytest

from foundation.desk import search


class TestNormal:
    @pytest.mark.parametrize(
        ("typed", "read"),
        [
            ("  王 丽华 ", "王 丽华"),
            ("\uff11\uff13\uff18", "138"),
            ("a\x00b", "ab"),
            ("\ud800x", "x"),
            ("a" * 500, "a" * 100),
        ],
    )
    def test_folds_what_keyboards_add(self, typed, read):
        assert search.normal(typed) == read
