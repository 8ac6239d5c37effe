"""What a call page costs on the server, beside the queries it is made of."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from foundation.access import Branch, Role
from registry.donors.models import CallKind
from registry.donors.states import DonorState
from registry.donors.views import calling
from tests.benchmarks import crowd
from tests.benchmarks.asking import ask
from tests.benchmarks.figures import Out
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import StaffFactory

PEOPLE = 40  # an afternoon
WARM = 3
REGISTER = 2000  # donors around them
NOBODY_THERE = {"number": "donor", "result": "NO_ANSWER"}


@dataclass
class Taken:
    """What one page took as a whole, and what its queries took of it; unit: milliseconds."""

    whole: list[float] = field(default_factory=list)
    queries: list[float] = field(default_factory=list)

    def tell(self, out: Out, page: str) -> None:
        """Take down the medians, those of the first pages left out."""
        whole, bare = statistics.median(self.whole[WARM:]), statistics.median(self.queries[WARM:])
        out.figure(f"{page}, median of {PEOPLE}", whole, "ms")
        out.figure(f"{page}: its bare queries, same run", bare, "ms")
        out.figure(f"{page}, whole ÷ bare queries", whole / bare, "×")


def run(out: Out) -> None:
    """Ring forty people one after another, as a coordinator does; no figure is held to a bound."""
    counties = crowd.tree(prefectures=1)
    crowd.fill(counties, REGISTER)
    lin = StaffFactory(role=Role.COORDINATOR, branch=counties[0])
    _plan(counties[0])
    crowd.settle()
    shown, written = Taken(), Taken()
    here = _key_of(ask(calling.next_call, lin, "/donors/calls/next/", post={}).headers["Location"])
    for _ in range(PEOPLE + WARM):
        view = partial(calling.call, pk=here)
        _time(shown, partial(ask, view, lin, "/donors/calls/"))
        answer = _time(written, partial(ask, view, lin, "/donors/calls/", post=NOBODY_THERE))
        here = _key_of(answer.headers["Location"])
    shown.tell(out, "the page of a call")
    written.tell(out, "a result, and the next person taken")


def _plan(county: Branch) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    for _ in range(PEOPLE + WARM + 1):
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        CallTaskFactory(donor=donor, kind=CallKind.OTHER, due_on=yesterday)


def _key_of(address: str) -> UUID:
    return UUID(address.rstrip("/").rsplit("/", maxsplit=1)[-1])


def _time(taken: Taken, act: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    with _counting() as seconds:
        answer = act()
    taken.whole.append((time.perf_counter() - start) * 1000)
    taken.queries.append(sum(seconds) * 1000)
    return answer


@contextmanager
def _counting() -> Iterator[list[float]]:
    seconds: list[float] = []

    def wrap(execute: Any, *arguments: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            seconds.append(time.perf_counter() - start)

    with connection.execute_wrapper(wrap):
        yield seconds
