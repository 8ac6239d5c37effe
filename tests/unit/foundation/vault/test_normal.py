"""One spelling for values that are compared or indexed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.vault import normal

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


class TestEveryFunction:
    @pytest.mark.parametrize(
        "function", [normal.text, normal.number, normal.name, normal.letters, normal.phone]
    )
    def test_changes_nothing_the_second_time(self, function):
        @given(TEXT)
        def twice_is_once(value):
            assert function(function(value)) == function(value)

        twice_is_once()


class TestText:
    @pytest.mark.parametrize(
        ("written", "same"),
        [
            ("３３０１０６", "330106"),
            ("٣٣٠١", "3301"),
            (" 王\u3000丽华\u00a0", "王 丽华"),
            ("王\u200b丽\u2060华\ufeff", "王丽华"),
            ("葛\U000e0100", "葛"),
            ("Ａｂｃ", "Abc"),
        ],
    )
    def test_folds_width_digits_spaces_and_what_cannot_be_seen(self, written, same):
        assert normal.text(written) == same


class TestName:
    @pytest.mark.parametrize("dot", "·•・･‧∙⋅．.")
    def test_is_the_same_with_any_dot(self, dot):
        assert normal.name(f"古丽娜孜{dot}阿不都") == normal.name("古丽娜孜 · 阿不都")

    def test_is_the_same_where_an_old_system_kept_a_private_character(self):
        assert normal.name("龚\ue863") == normal.name("龚䶮")

    @pytest.mark.parametrize(
        ("old", "new"),
        [("\ue863", "䶮"), ("\ue816", "\U00020087"), ("\ue81e", "\u9fb4"), ("\ue864", "\u9fbb")],
    )
    def test_knows_the_private_characters_of_gbk(self, old, new):
        assert normal.text(old) == new

    @pytest.mark.parametrize(("one", "other"), [("余", "餘"), ("于", "於"), ("范", "範"), ("𠮷田", "吉田")])
    def test_never_takes_one_character_for_another(self, one, other):
        assert normal.name(one) != normal.name(other)

    def test_keeps_tibetan_and_uyghur_letters(self):
        assert normal.name("སྐལ་བཟང") == "སྐལ་བཟང"
        assert normal.name("ئابدۇ") == normal.text("ئابدۇ")


class TestDocument:
    def test_is_the_same_in_any_width_case_and_grouping(self):
        written = [
            "33060220001223505X",
            "33060220001223505x",
            "３３０６０２ 20001223 505Ｘ",
            "330602-20001223-505x",
        ]

        assert len({normal.document("RESIDENT_ID", number) for number in written}) == 1

    def test_is_another_of_another_kind(self):
        assert normal.document("PASSPORT", "12345678") != normal.document("TAIWAN_PERMIT", "12345678")


class TestPhone:
    @pytest.mark.parametrize(
        "written",
        [
            "13800138000",
            "+86 138 0013 8000",
            "0086-13800138000",
            "8613800138000",
            "１３８００１３８０００",
            "138-0013-8000",
        ],
    )
    def test_is_the_same_however_a_chinese_number_begins(self, written):
        assert normal.phone(written) == "+8613800138000"

    def test_keeps_another_country(self):
        assert normal.phone("+852 9123 4567") == "+85291234567"


class TestLetters:
    def test_are_capitals_without_anything_else(self):
        assert normal.letters(" w l-h 1") == "WLH"
