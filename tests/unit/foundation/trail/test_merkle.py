"""Roots change with every leaf and with their order."""

from hypothesis import given
from hypothesis import strategies as st

from foundation.trail.merkle import head_of, leaf_of, root_of

_field = st.text(alphabet=st.characters(exclude_characters="\0\t", exclude_categories=["Cs"]), max_size=3)
fields = st.tuples(*[_field] * 5)
rows = st.tuples(st.uuids().map(lambda one: one.hex), _field, st.binary(max_size=4))
leaves = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=40)


class TestRoot:
    @given(leaves=leaves, place=st.integers(0, 39), other=st.binary(min_size=32, max_size=32).map(bytes.hex))
    def test_changes_when_a_leaf_changes(self, leaves, place, other):
        changed = list(leaves)
        changed[place % len(leaves)] = other
        assert (root_of(changed) == root_of(leaves)) == (changed == leaves)

    @given(leaves=leaves)
    def test_changes_when_the_last_leaf_is_cut(self, leaves):
        assert len(leaves) == 1 or root_of(leaves[:-1]) != root_of(leaves)


class TestLeaf:
    @given(one=rows, other=rows)
    def test_is_equal_only_for_equal_rows(self, one, other):
        assert (leaf_of(*one) == leaf_of(*other)) == (one == other)

    @given(fields, fields)
    def test_covers_every_clear_field(self, one, other):
        names = ("at", "branch", "object", "verb", "by_id")
        heads = [head_of(**dict(zip(names, values, strict=True))) for values in (one, other)]
        assert (heads[0] == heads[1]) == (one == other)
