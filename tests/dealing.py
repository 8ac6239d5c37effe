"""Choose in which window a walk is walked, and deal the tests to the processes that share them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import pytest

from tests.sweeps import some

LONGEST = frozenset(
    {
        "test_a_storm_over_the_outbox",
        "test_afternoons",
        "test_every_page",
        "test_every_way_of_a_donor",
        "test_every_way_of_a_match",
        "test_migrating",
        "test_running_the_demo",
    }
)  # half a minute and more each


def in_one_window(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Leave one of the windows in which a walk is walked: at a desk, on a phone, without JavaScript."""
    windows: dict[str, list[pytest.Item]] = {}
    for item in items:
        windows.setdefault(_walk(item), []).append(item)
    chosen = {one for walk, found in windows.items() for one in some(found, at=walk)}
    return [item for item in items if item in chosen]


def _walk(item: pytest.Item) -> str:
    """Return the name of what is walked; any other test is a walk of its own, and so is each page's."""
    told = getattr(item, "callspec", None)
    apart = "system" not in item.path.parts or told is None or "path" in told.params
    return item.nodeid if apart else item.nodeid.partition("[")[0]


def longest_first(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """
    Let each worker begin with its share of walks and races, so that none is left with a long one.

    The others are dealt by whole modules, so that the world of a module is made once; those without
    a database lie at the end of each share, from which whoever has nothing left takes.
    """
    long = sorted(filter(_takes_long, items), key=lambda item: item.path.stem not in LONGEST)
    short = [item for item in items if not _takes_long(item)]
    shares = [long[n::workers] for n in range(workers)]
    modules = [list(module) for _path, module in groupby(short, key=lambda item: item.path)]
    most = max(1, len(short) // workers)
    pieces = [module[n : n + most] for module in modules for n in range(0, len(module), most)]
    for piece in sorted(pieces, key=lambda piece: ("unit" in piece[0].path.parts, -len(piece))):
        min(shares, key=len).extend(piece)
    return [item for mine in sorted(shares, key=len, reverse=True) for item in mine]


def _takes_long(item: pytest.Item) -> bool:
    """Return whether a test opens a browser, or lets several people act on rows that are really written."""
    marker = item.get_closest_marker("django_db")
    races = bool(marker and marker.kwargs.get("transaction"))
    return races or "system" in item.path.parts or item.path.stem in LONGEST
