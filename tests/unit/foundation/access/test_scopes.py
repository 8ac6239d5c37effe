"""A scope covers subtrees and nothing beside them."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from foundation.access.scopes import Scope, successor

paths = st.lists(st.integers(1, 30), min_size=1, max_size=4).map(
    lambda parts: "".join(f"{p:04}" for p in parts)
)


class TestScope:
    @given(held=st.lists(paths, max_size=5), asked=paths)
    def test_covers_exactly_the_subtrees_it_was_made_of(self, held, asked):
        assert Scope.of(held).covers(asked) == any(asked.startswith(path) for path in held)

    @given(held=st.lists(paths, max_size=5))
    def test_has_ranges_that_do_not_overlap(self, held):
        ranges = Scope.of(held).ranges
        assert all(high <= low for (_, high), (low, _) in itertools.pairwise(ranges))

    @given(held=paths, below=paths, asked=paths)
    def test_under_a_branch_covers_what_both_cover(self, held, below, asked):
        narrowed = Scope.of([held]).under(below)
        assert narrowed.covers(asked) == (asked.startswith(held) and asked.startswith(below))

    @given(one=st.lists(paths, max_size=4), other=st.lists(paths, max_size=4), asked=paths)
    def test_within_other_ranges_covers_what_both_cover(self, one, other, asked):
        held, kept = Scope.of(one), Scope.of(other)
        assert held.both(kept.ranges).covers(asked) == (held.covers(asked) and kept.covers(asked))

    def test_of_nothing_is_empty(self):
        assert not Scope.of([])


def test_the_successor_keeps_its_width():
    assert successor("00010009") == "00010010"
