"""Take down figures, each beside its bound, and say whether it is held."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured. `bound` is the most it may be, or with `at_least` the least."""

    name: str
    value: float
    unit: str
    bound: float | None = None
    at_least: bool = False

    @property
    def is_held(self) -> bool:
        """Whether the bound is held; a figure without one always is."""
        if self.bound is None:
            return True
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def __str__(self) -> str:
        if self.bound is None:
            return f"  {self.name:<58} {self.value:>12,.3f} {self.unit}"
        sign = "≥" if self.at_least else "≤"
        ratio = self.value / self.bound if self.bound else 0.0
        held = "held" if self.is_held else "NOT HELD"
        return (
            f"  {self.name:<58} {self.value:>12,.3f} {self.unit:<8} "
            f"{sign} {self.bound:,.3f}  ratio {ratio:.2f}  {held}"
        )


@dataclass
class Out:
    """Where a measurement tells its figures."""

    stream: TextIO
    figures: list[Figure] = field(default_factory=list)

    def figure(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Take down one figure with its bound, if it has one, and print it."""
        bound = at_least if at_least is not None else at_most
        self.figures.append(Figure(name, value, unit, bound, at_least is not None))
        self.say(str(self.figures[-1]))

    def say(self, sentence: str) -> None:
        """Print a line for people."""
        self.stream.write(sentence + "\n")
        self.stream.flush()

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Print how long a preparation took."""
        start = time.perf_counter()
        yield
        self.say(f"  ({what}: {time.perf_counter() - start:.1f} s)")


def median_ms(act: Callable[[], object], *, times: int = 50, warm: int = 3) -> float:
    """Return the median of so many runs in milliseconds, after a few that do not count."""
    for _ in range(warm):
        act()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)
