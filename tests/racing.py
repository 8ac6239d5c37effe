"""Let several people act at one instant, each in a thread, or a process, with a connection of its own."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import Context
from functools import partial
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from queue import SimpleQueue
from threading import Barrier, Thread
from typing import Any

from django.db import connection, connections

from tests.sweeps import CI

ROUNDS = 50 if CI else 5  # of the races that design/security.md names: 4.3, 4.8, 4.9
FEWER = 12 if CI else 3  # of ours
WITHDRAWALS = ROUNDS if connection.vendor == "postgresql" else FEWER  # SQLite lets one write at a time: 4.8


class Hand(Thread):
    """One of those who act at once; keeps its connection from race to race, as a worker of a server does."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.told: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()
        self.start()

    def run(self) -> None:
        """Do what is told, each thing in a context of its own."""
        while True:
            act, answer = self.told.get()
            try:
                answer.set_result(Context().run(act))
            except BaseException as fault:  # noqa: BLE001  the test looks at it
                answer.set_exception(fault)
            del act, answer

    def give(self, act: Callable[[], Any]) -> Future[Any]:
        """Tell it what to do next."""
        answer: Future[Any] = Future()
        self.told.put((act, answer))
        return answer


_hands: list[Hand] = []


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Begin all acts at one instant, each on its own connection; return what each gave or raised."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except Exception as fault:  # noqa: BLE001  the test looks at it
            return fault

    _hands.extend(Hand() for _ in range(len(acts) - len(_hands)))
    given = [hand.give(partial(run, act)) for hand, act in zip(_hands, acts, strict=False)]
    return [one.result() for one in given]


def rest() -> None:
    """Let all who acted put their connections down."""
    for one in [hand.give(connections.close_all) for hand in _hands]:
        one.result()


os.register_at_fork(after_in_child=_hands.clear)  # a process that was forked has none of our threads


@contextmanager
def elsewhere(act: Callable[[], Any]) -> Iterator[ForkProcess]:
    """Begin an act in a process of its own, on connections of its own; wait for its end, then go on."""
    rest()
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
    rest()
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
