"""How far a sweep goes: over everything with CI=true, elsewhere over a fixed sample at every door."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar
from zlib import crc32

CI = os.environ.get("CI", "").lower() == "true"
T = TypeVar("T")


def some(items: Iterable[T], *, at: str, of: Callable[[T], Hashable] = lambda _: None) -> list[T]:
    """
    Return the items that a sweep goes over at one door: all, or one of each kind.

    :param at: the door; each shows another of a kind, always the same one.
    :param of: what makes two items one kind; without it they all are.
    """
    kinds: dict[Hashable, list[T]] = {}
    for item in items:
        kinds.setdefault(of(item), []).append(item)
    turn = crc32(at.encode())
    return [item for kind in kinds.values() for item in (kind if CI else [kind[turn % len(kind)]])]


def is_in_the_sample(name: str, *, one_in: int) -> bool:
    """Return whether something is looked at: with CI=true everything is."""
    return CI or crc32(name.encode()) % one_in == 0
