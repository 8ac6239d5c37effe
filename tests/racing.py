"""Let several people act at one instant, each in a thread, or a process, with a connection of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from threading import Barrier
from typing import Any

from django.db import connections

CI = os.environ.get("CI", "").lower() == "true"
ROUNDS = 50 if CI else 5  # of the races that design/security.md names: 4.3, 4.8, 4.9
FEWER = 20 if CI else 3  # of ours


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Begin all acts at one instant, each on its own connection; return what each gave or raised."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except Exception as fault:  # noqa: BLE001  the test looks at it
            return fault
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@contextmanager
def elsewhere(act: Callable[[], Any]) -> Iterator[ForkProcess]:
    """Begin an act in a process of its own, on connections of its own; wait for its end, then go on."""
    connections.close_all()  # no two processes share one
    worker = get_context("fork").Process(target=act)
    worker.start()
    try:
        yield worker
    finally:
        worker.join()
