"""What a masked value shows and hides."""

import pytest

from foundation.pages import masks


class TestName:
    @pytest.mark.parametrize("whole", ["王丽华", "王丽", "王", " 王丽华 "])
    def test_shows_the_first_character_however_long_it_is(self, whole):
        assert masks.name(whole) == "王**"

    def test_hides_the_given_part_of_a_name_with_a_dot(self):
        assert masks.name("阿依古丽·买买提") == "阿**"


class TestPhone:
    @pytest.mark.parametrize("written", ["+8613812344417", "138 1234 4417", "138-1234-4417"])
    def test_shows_three_and_four_digits(self, written):
        assert masks.phone(written) == "138****4417"

    def test_keeps_a_foreign_code_in_front(self):
        assert masks.phone("+85291234567") == "+852****4567"

    def test_hides_a_short_one_wholly(self):
        assert masks.phone("12345") == "****"


class TestSpokenPhone:
    @pytest.mark.parametrize(
        ("number", "spoken"),
        [
            ("+8613812344417", "138 1234 4417"),
            ("+8657188776655", "+8657188776655"),
            ("+85291234567", "+85291234567"),
        ],
    )
    def test_is_written_as_one_reads_it_aloud(self, number, spoken):
        assert masks.spoken_phone(number) == spoken


class TestDocument:
    def test_hides_its_length_and_its_birth_date(self):
        assert masks.document("330212199903050858") == "330****58"

    def test_hides_a_short_one_wholly(self):
        assert masks.document("E12345") == "****"


class TestEmail:
    def test_shows_one_letter_and_the_domain(self):
        assert masks.email("lin@example.org") == "l**@example.org"

    def test_hides_what_is_no_address(self):
        assert masks.email("lin") == "**"
