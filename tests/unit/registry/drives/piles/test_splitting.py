"""Forms told apart by the barcodes on their pages."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.drives.piles.splitting import Page, likeness, said_twice, split

_CHANCE = random.Random(1)  # noqa: S311 greys, no secret
FRONT = bytes(_CHANCE.choices(range(120, 256), k=816))
BACK = bytes(_CHANCE.choices(range(120, 256), k=816))


def noisy(sketch, seed):
    chance = random.Random(seed)  # noqa: S311 as above
    return bytes(min(255, max(0, grey + chance.randint(-12, 12))) for grey in sketch)


def front(number, *codes, **more):
    return Page(number, codes, sketch=noisy(FRONT, number), **more)


def back(number, *codes, **more):
    return Page(number, codes, sketch=noisy(BACK, number), **more)


def numbers(pages):
    return [[page.number for page in group.pages] for group in split(pages, alike=0.8)]


class TestSplit:
    def test_begins_a_form_with_every_barcode(self):
        assert numbers([front(1, "A"), front(2, "B"), front(3, "C")]) == [[1], [2], [3]]

    def test_takes_a_page_without_a_barcode_to_the_form_before_it(self):
        assert numbers([front(1, "A"), back(2), front(3, "B"), back(4), back(5)]) == [[1, 2], [3, 4, 5]]

    def test_makes_a_form_of_pages_before_the_first_barcode(self):
        assert numbers([back(1), back(2), front(3, "A")]) == [[1, 2], [3]]

    def test_leaves_empty_pages_out(self):
        assert numbers([Page(1, blank=True), front(2, "A"), Page(3, blank=True)]) == [[2]]

    def test_begins_a_form_with_what_looks_like_a_front(self):
        pages = [front(1, "A"), front(2, "B"), front(3, "C"), front(4), back(5), front(6, "D")]
        assert numbers(pages) == [[1], [2], [3], [4, 5], [6]]

    def test_knows_a_front_that_stands_on_its_head(self):
        turned = Page(4, sketch=FRONT[::-1])
        assert numbers([front(1, "A"), front(2, "B"), front(3, "C"), turned])[-1] == [4]

    def test_begins_a_form_with_the_mark_of_our_printed_one(self):
        assert numbers([front(1, "A"), back(2, mark="hpc_recruitment 1 en")]) == [[1], [2]]

    def test_makes_a_form_of_its_own_of_a_page_that_was_not_drawn(self):
        assert numbers([front(1, "A"), Page(2, drawn=False)]) == [[1], [2]]

    def test_takes_front_and_back_with_one_barcode_together(self):
        pages = [front(1, "A"), back(2, "A"), front(3, "B"), front(4, "C"), front(5, "D")]
        assert numbers(pages)[0] == [1, 2]

    def test_keeps_two_fronts_with_one_barcode_apart(self):
        pages = [front(1, "A"), front(2, "A"), front(3, "B"), front(4, "C")]
        assert numbers(pages) == [[1], [2], [3], [4]]
        assert said_twice(split(pages, alike=0.8)) == {"A"}

    @given(st.lists(st.tuples(st.sampled_from(["", "A", "B", "C"]), st.booleans()), max_size=12))
    def test_loses_no_page_and_keeps_their_order(self, told):
        pages = [
            Page(number, (code,) if code else (), blank=blank and not code, sketch=noisy(FRONT, number))
            for number, (code, blank) in enumerate(told, start=1)
        ]
        kept = [page.number for group in split(pages, alike=0.8) for page in group.pages]
        assert kept == [page.number for page in pages if not page.blank]


class TestLikeness:
    @pytest.mark.parametrize(
        ("one", "other", "alike"),
        [(FRONT, FRONT, 1.0), (b"", b"", 0.0), (FRONT, FRONT[:5], 0.0), (b"\x07" * 9, b"\x07" * 9, 0.0)],
    )
    def test_is_one_for_the_same_and_nothing_where_nothing_can_be_said(self, one, other, alike):
        assert likeness(one, other) == pytest.approx(alike)
