"""Numbers of the national register, as people type them."""

import pytest

from foundation import moves
from registry.donors.national import numbers


class TestCheck:
    @pytest.mark.parametrize("text", ["cn 0001234", " CN0001234 ", "ＣＮ０００１２３４", "CN\u200b0001234"])
    def test_spells_a_number_one_way(self, text):
        assert numbers.check(text) == "CN0001234"

    @pytest.mark.parametrize("text", ["33-000001", "ZJ/2012.017", "１２．３４／５"])
    def test_takes_what_stands_between_in_the_records_before(self, text):
        assert numbers.check(text) in {"33-000001", "ZJ/2012.017", "12.34/5"}

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "1",
            "王丽华",
            "CNABC",
            "330106199903050028",
            "33010619990305002x",
            "330106990305002",
            "CN 1;DROP",
            "CN01/",
        ],
    )
    def test_refuses_what_cannot_be_one(self, text):
        with pytest.raises(moves.Refused):
            numbers.check(text)

    @pytest.mark.parametrize("text", ["13812345678", "138-1234-5678", "0086 13812345678"])
    def test_refuses_a_mobile_number(self, text):
        with pytest.raises(moves.Refused):
            numbers.check(text)

    @pytest.mark.parametrize("text", ["330000000012345", "12812345678", "1381234567", "330106991305123"])
    def test_takes_long_numbers_that_are_of_nothing_else(self, text):
        assert numbers.check(text) == text

    @pytest.mark.parametrize("text", ["1" * 25, "1 " * 41, "1" + " " * 1_000_000])
    def test_refuses_what_is_too_long(self, text):
        with pytest.raises(moves.Refused):
            numbers.check(text)


class TestOfOld:
    @pytest.mark.parametrize(
        "text", ["浙-0012", "123", "7", "CN_77", "zj/2012. 0017", "CNABC", "浙（一）12", "13812345678"]
    )
    def test_leaves_nobody_out_for_the_form_of_theirs(self, text):
        assert numbers.of_old(text) == numbers.spelt(text) == numbers.of_old(numbers.of_old(text))

    @pytest.mark.parametrize(
        "text",
        ["", "\u200b", "C\x0701", "330106199903050028", "330106-19990305-0028", "330106990305002", "1" * 25],
    )
    def test_refuses_what_nobody_sees_what_is_too_long_and_identity_numbers(self, text):
        with pytest.raises(moves.Refused):
            numbers.of_old(text)


class TestSpellings:
    def test_are_ours_and_the_one_typed_as_older_records_may_have_it(self):
        assert numbers.spellings(" zj-0001 ") == ["ZJ-0001", "zj-0001"]

    def test_find_a_number_of_the_records_before_whatever_its_form(self):
        assert "浙-0012" in numbers.spellings("浙-0012")

    def test_are_none_of_a_name(self):
        assert numbers.spellings("王丽华") == []
