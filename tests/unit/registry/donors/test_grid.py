"""The registry's number of a donor."""

from hypothesis import given
from hypothesis import strategies as st

from registry.donors import grid

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class TestCheckValue:
    def test_is_that_of_the_standards_example(self) -> None:
        # Source: ISBT 128 check character calculation, donation number G123 498 654 321
        assert grid.check_value("G123498654321") == 17

    @given(st.text(SIGNS, min_size=17, max_size=17), st.data())
    def test_changes_with_any_single_character(self, stem: str, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, 16))
        other = data.draw(st.sampled_from(SIGNS).filter(lambda c: c != stem[place]))

        assert grid.check_value(stem[:place] + other + stem[place + 1 :]) != grid.check_value(stem)

    @given(st.text(SIGNS, min_size=17, max_size=17), st.integers(0, 15))
    def test_changes_when_two_neighbours_are_exchanged(self, stem: str, place: int) -> None:
        swapped = stem[:place] + stem[place + 1] + stem[place] + stem[place + 2 :]

        assert swapped == stem or grid.check_value(swapped) != grid.check_value(stem)


class TestNew:
    def test_is_valid_and_of_nineteen_characters(self) -> None:
        number = grid.new()

        assert len(number) == grid.LENGTH
        assert grid.is_valid(number)

    def test_is_found_as_people_type_it(self) -> None:
        number = grid.new()

        assert grid.normal(grid.spaced(number).lower()) == number


class TestIsValid:
    def test_refuses_what_is_no_number(self) -> None:
        for text in ("", "9999", "X" * 19, "9999" + "0" * 13 + "99", "9999 0000 0000 0000 000"):
            assert not grid.is_valid(text)
