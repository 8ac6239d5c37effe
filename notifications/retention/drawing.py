"""
Draw a control group by lot: alike in branch, age and sex, and the same again from the same seed.

Pure: no Django, no clock, no input or output.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from uuid import UUID


def draw(strata: Mapping[str, Sequence[UUID]], *, percent: int, seed: int) -> set[UUID]:
    """
    Return who is to hear nothing, so that the others can be compared with them.

    Each stratum gives its share to within one person, and so do all together.

    :param strata: people by what they are alike in; the order in which they come does not matter.
    :param percent: how many of a hundred are drawn.
    """
    lot = random.Random(seed)  # noqa: S311 - a lot that can be drawn again, no secret
    drawn: set[UUID] = set()
    before = 0
    for stratum in sorted(strata):
        people = sorted(strata[stratum])
        before += len(people)
        wanted = (before * percent + 50) // 100 - len(drawn)
        lot.shuffle(people)
        drawn.update(people[: max(wanted, 0)])
    return drawn
