"""Telephone numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.donors import phones
from registry.donors.phones import PhoneProblem


class TestCheck:
    @pytest.mark.parametrize(
        ("written", "number"),
        [
            ("138 0013-8000", "+8613800138000"),
            ("+8613800138000", "+8613800138000"),
            ("１６２１２３４５６７８", "+8616212345678"),
            ("+852 9123 4567", "+85291234567"),
            ("+1 415 555 2671", "+14155552671"),
        ],
    )
    def test_writes_a_mobile_number_one_way(self, written, number):
        assert phones.check(written) == number

    def test_takes_a_landline_of_a_contact_only(self):
        assert phones.check("0571-8888 8888", landline=True) == "+8657188888888"
        with pytest.raises(PhoneProblem):
            phones.check("0571-8888 8888")

    @pytest.mark.parametrize(
        "written", ["", "138281477", "12345678901", "110", "一三八", "1" * 500, "400 800 1234"]
    )
    def test_refuses_what_nobody_can_be_called_at(self, written):
        with pytest.raises(PhoneProblem) as caught:
            phones.check(written, landline=True)
        assert caught.value.sentences

    @given(st.text(max_size=60))
    def test_answers_any_text_with_a_number_or_a_problem(self, text):
        try:
            number = phones.check(text, landline=True)
        except PhoneProblem:
            return
        assert phones.check(number, landline=True) == number
