"""
Let a few processes beside this one work on the pieces of a long list.

They compute and nothing else: the database and the report stay with this process, which takes the
pieces in their order and lets only a few be under way, so that memory stays flat.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import current_process, get_context, parent_process
from threading import Thread
from typing import Any, Final, TypeVar

from django.db import connection, connections
from django.utils.translation import gettext as _

FEWEST_ROWS: Final = 2_000  # of fewer a process alone has made an end before others have begun
_MOST: Final = 2  # the machine serves others meanwhile
_UNDER_WAY: Final = 2  # pieces for each process: one at work, one waiting

Piece = TypeVar("Piece")
Done = TypeVar("Done")
_work: Callable[[Any], Any]  # of a process of the crew: what it does with each piece


class CrewLost(ValueError):
    """A process of the crew was killed from outside: for want of memory, or by somebody."""

    @property
    def sentences(self) -> list[str]:
        """Say what to do."""
        return [
            _(
                "A part of this work was ended from outside, perhaps because memory was short. "
                "Nothing was brought in. Begin again."
            )
        ]


def size_for(rows: int) -> int:
    """Return how many processes work on a list; 1 is this one alone, as within a transaction."""
    if rows < FEWEST_ROWS or connection.in_atomic_block:
        return 1
    cores = getattr(os, "sched_getaffinity", None)  # not where forking is unsafe, as on a Mac
    return min(_MOST, len(cores(0))) if cores else 1


def each(
    work: Callable[[Piece], Done], pieces: Iterable[Piece], *, processes: int
) -> Generator[tuple[Piece, Done], None, None]:
    """
    Yield every piece with what came of it, in their order. Close it if you stop before its end.

    :param work: touches no database; what it returns can be pickled.
    :raises CrewLost: if a process was killed. What the work raises passes through.
    """
    if processes < _MOST:
        yield from ((piece, work(piece)) for piece in pieces)
        return
    connections.close_all()  # a child must not share the parent's line to the database
    with _children_allowed():
        crew = ProcessPoolExecutor(processes, get_context("fork"), _begin, (work,))
        try:
            yield from _in_order(crew, pieces, most=processes * _UNDER_WAY)
        except BrokenProcessPool:
            raise CrewLost from None
        finally:
            crew.shutdown(cancel_futures=True)


@contextmanager
def _children_allowed() -> Iterator[None]:
    """
    Let a process of Celery's pool, which is a daemon, have a crew.

    A daemon may have no children because they would outlive it; the crew ends with its parent.

    Source: https://docs.python.org/3.11/library/multiprocessing.html#multiprocessing.Process.daemon
    """
    here = current_process()
    daemon = here.daemon
    if daemon:
        here.daemon = False
    try:
        yield
    finally:
        if daemon:
            here.daemon = True


def _in_order(
    crew: ProcessPoolExecutor, pieces: Iterable[Piece], *, most: int
) -> Iterator[tuple[Piece, Any]]:
    under_way: deque[tuple[Piece, Future[Any]]] = deque()
    for piece in pieces:
        under_way.append((piece, crew.submit(_do, piece)))
        if len(under_way) >= most:
            first, done = under_way.popleft()
            yield first, done.result()
    for first, done in under_way:
        yield first, done.result()


def _begin(work: Callable[[Any], Any]) -> None:
    """Get ready in a process of the crew: it ends with its parent, and leaves the keyboard to it."""
    global _work  # noqa: PLW0603 a process of the crew does one work
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _do(piece: Any) -> Any:
    return _work(piece)
