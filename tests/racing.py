"""Let several people act at one instant, each in a thread, or a process, with a connection of its own."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
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


@contextmanager
def beside(act: Callable[[Any], object]) -> Iterator[Connection]:
    """
    Keep a process beside that does an act with each thing it is sent; it answers with the fault, or "".

    Begin it before a server of ours answers anybody: what is forked out of the midst of several
    threads may wait for ever for one of them.
    """
    ours, theirs = Pipe()
    connections.close_all()  # no two processes share one
    worker = get_context("fork").Process(target=_serve, args=(act, theirs), daemon=True)
    worker.start()
    try:
        yield ours
    finally:
        worker.kill()
        worker.join()


def _serve(act: Callable[[Any], object], line: Connection) -> None:
    while True:
        told = line.recv()
        try:
            act(told)
        except Exception:  # noqa: BLE001  the test looks at it
            line.send(traceback.format_exc())
        else:
            line.send("")
