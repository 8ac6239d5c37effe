"""
Compare two groups honestly: shares with their intervals, and whether a difference can be told.

Pure functions: no Django, no clock, no input or output.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

Z_95: Final = 1.959963984540054  # the 97.5th percentile of the standard normal distribution


class Verdict(StrEnum):
    """What may be said of a difference."""

    MORE = "more"
    FEWER = "fewer"
    CANNOT_BE_TOLD = "cannot be told"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, with the 95 % interval in which the true share lies."""

    found: int
    people: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share itself; 0 where there is nobody."""
        return self.found / self.people if self.people else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two shares, their difference with its 95 % interval, and what may be said of it."""

    one: Share
    other: Share
    low: float
    high: float
    verdict: Verdict

    @property
    def difference(self) -> float:
        """The first share less the second."""
        return self.one.share - self.other.share


def share(found: int, people: int) -> Share:
    """
    Return a share with its interval by Wilson's score method, without correction for continuity.

    It holds for few people and for shares of 0 and 1, where the usual interval does not.

    :raises ValueError: if more were found than there are.

    Source: docs/sources.md#comparing-two-shares (Wilson 1927; Newcombe 1998, method 3 of 17: 857-872)
    """
    if not 0 <= found <= people:
        raise ValueError(f"{found} of {people} is no share.")
    if people == 0:
        return Share(0, 0, 0.0, 1.0)
    z2 = Z_95**2
    middle = 2 * found + z2
    spread = Z_95 * sqrt(z2 + 4 * found * (1 - found / people))
    below = 2 * (people + z2)
    low = 0.0 if found == 0 else (middle - spread) / below
    high = 1.0 if found == people else (middle + spread) / below
    return Share(found, people, low, high)


def compare(one: Share, other: Share) -> Comparison:
    """
    Return the difference of two shares of different people, with its interval by Newcombe's hybrid score.

    A difference can be told only where the whole interval lies on one side of nothing.

    Source: docs/sources.md#comparing-two-shares (Newcombe 1998, method 10 of 17: 873-890)
    """
    if not (one.people and other.people):
        return Comparison(one, other, -1.0, 1.0, Verdict.NOBODY)
    difference = one.share - other.share
    low = difference - sqrt((one.share - one.low) ** 2 + (other.high - other.share) ** 2)
    high = difference + sqrt((one.high - one.share) ** 2 + (other.share - other.low) ** 2)
    if low > 0:
        verdict = Verdict.MORE
    elif high < 0:
        verdict = Verdict.FEWER
    else:
        verdict = Verdict.CANNOT_BE_TOLD
    return Comparison(one, other, max(low, -1.0), min(high, 1.0), verdict)
