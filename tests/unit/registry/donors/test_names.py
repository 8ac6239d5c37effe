"""Names: taken as they are, compared, and found by their initials."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.donors import names
from registry.donors.names import NameProblem

NAUGHTY = Path(__file__).resolve().parents[5] / "shared/data/nasty/blns.json"


class TestCheck:
    @pytest.mark.parametrize(
        "name",
        [
            "王丽华",
            "古丽娜孜·阿不都热合曼",
            "𠮷田惠子",
            "龚\ue863",
            "\ue863\ue863",
            "㛃婷",
            "སྐལ་བཟང",
            "ئابدۇ",
        ],
    )
    def test_keeps_a_name_as_it_is_written(self, name):
        assert names.check(f" {name}\u3000") == name

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("", "name_missing"),
            ("  \u3000", "name_missing"),
            ("\u200b", "name_missing"),
            ("王\x00丽", "name_unreadable"),
            ("王\ud800", "name_unreadable"),
            ("12345", "name_unreadable"),
            ("王" * 101, "name_too_long"),
        ],
    )
    def test_refuses_what_is_no_name(self, name, code):
        with pytest.raises(NameProblem) as caught:
            names.check(name)
        assert (caught.value.code, len(caught.value.sentences)) == (code, 1)

    @pytest.mark.skipif(not NAUGHTY.exists(), reason="the folder shared/data/nasty is not beside the clone")
    def test_answers_every_naughty_string_with_itself_or_a_problem(self):
        for text in json.loads(NAUGHTY.read_text()):
            with suppress(NameProblem):
                assert names.check(text) == text.strip()
            names.initials(text)


class TestSame:
    def test_is_blind_to_dots_width_and_old_code_points(self):
        assert names.same("买买提•吐尔逊", "买买提・吐尔逊")
        assert names.same("龚\ue863", "龚 䶮")
        assert not names.same("王丽华", "王丽花")


class TestInitials:
    @pytest.mark.parametrize(
        ("name", "letters"),
        [
            ("王丽华", "WLH"),
            ("单雄信", "SXX"),
            ("仇英", "QY"),
            ("解珍", "XZ"),
            ("曾国藩", "ZGF"),
            ("区寄", "OJ"),
            ("查良镛", "ZLY"),
            ("万俟卨", "MQX"),
            ("尉迟恭", "YCG"),
            ("简单", "JD"),
            ("单", "S"),
            ("古丽娜孜·阿不都", "GLNZABD"),
            ("John Smith", "JS"),
            ("龚\ue863", "GY"),
            ("", ""),
        ],
    )
    def test_read_a_surname_as_a_surname(self, name, letters):
        assert names.initials(name) == letters

    @given(st.text(max_size=30))
    def test_are_letters_or_nothing(self, text):
        assert all(letter.isalpha() for letter in names.initials(text))
