"""A control group is drawn by lot, fairly and the same again."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from notifications.retention.drawing import draw

STRATA = st.dictionaries(
    st.text("abc", min_size=1, max_size=3), st.lists(st.uuids(), unique=True, max_size=60), max_size=6
)


def apart(strata: dict[str, list[UUID]]) -> dict[str, list[UUID]]:
    """Return the same strata with nobody in two of them."""
    return {name: [uuid4() for _ in people] for name, people in strata.items()}


class TestDraw:
    @given(STRATA, st.integers(5, 50), st.integers(0, 2**48))
    def test_takes_its_share_of_each_stratum_and_of_all(
        self, strata: dict[str, list[UUID]], percent: int, seed: int
    ) -> None:
        strata = apart(strata)
        drawn = draw(strata, percent=percent, seed=seed)
        for people in strata.values():
            assert abs(len(drawn & set(people)) - len(people) * percent / 100) <= 1
        everybody = sum(map(len, strata.values()))
        assert abs(len(drawn) - everybody * percent / 100) <= 0.5

    def test_is_the_same_from_the_same_seed_in_whatever_order(self) -> None:
        people = {"a": [uuid4() for _ in range(40)], "b": [uuid4() for _ in range(30)]}
        turned = {name: ids[::-1] for name, ids in reversed(people.items())}
        assert draw(people, percent=20, seed=7) == draw(turned, percent=20, seed=7)
        assert draw(people, percent=20, seed=7) != draw(people, percent=20, seed=8)

    def test_prefers_nobody(self) -> None:
        people = [uuid4() for _ in range(10)]
        times = dict.fromkeys(people, 0)
        for seed in range(2000):
            for one in draw({"a": people}, percent=20, seed=seed):
                times[one] += 1
        assert all(abs(count - 400) < 80 for count in times.values())  # four standard deviations and more
