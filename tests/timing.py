"""Measure whether several acts take the same time, on a machine that does other work besides."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

SLOWER = 0.10  # of the median; security-checklist.md 17
TRIES = 3  # a neighbour's load passes; a difference of the program's own does not


def spread(acts: Sequence[Callable[[], Any]], *, rounds: int) -> float:
    """
    Return by which share the slowest act's median lies above the quickest one's.

    The acts are made one after the other, each round beginning with another of them.
    """
    took: list[list[float]] = [[] for _ in acts]
    for n in range(rounds):
        for place in range(len(acts)):
            which = (n + place) % len(acts)
            began = time.perf_counter()
            acts[which]()
            took[which].append(time.perf_counter() - began)
    medians = [statistics.median(times) for times in took]
    return max(medians) / min(medians) - 1


def are_alike(acts: Sequence[Callable[[], Any]], *, rounds: int) -> bool:
    """Return whether the acts take the same time; measured anew while a load beside stands against it."""
    return any(spread(acts, rounds=rounds) < SLOWER for _ in range(TRIES))
