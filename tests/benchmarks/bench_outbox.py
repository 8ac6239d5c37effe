"""The outbox: how fast it claims and marks, and what it hands over beside a bare sender."""

from __future__ import annotations

import os
import smtplib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import connections
from django.db.models import Max
from django.utils import timezone

from notifications import outbox
from notifications.outbox import Message, MessageState
from tests import sink
from tests.benchmarks import crowd
from tests.benchmarks.figures import Out
from tests.racing import elsewhere
from tests.storm import crew, passing, reckoning, scene

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "400"))
MARKED = int(os.environ.get("BENCH_MARKED", "2000"))  # messages claimed and marked
TIMES = 3  # mails for each of the people, in calm weather
FIRST = 100  # mails before those: each process writes and plans its statements with its first one
LONG = "60"  # seconds of a lease and of a wake-up where nothing is killed or lost


def run(out: Out) -> None:
    """Measure claiming and marking, then dispatching."""
    with out.timed(f"{PEOPLE} people"):
        members = scene.people(PEOPLE)
    _claim_and_mark(members, out)
    with tempfile.TemporaryDirectory() as folder:
        _dispatch(members, Path(folder), out)


def _claim_and_mark(members: Sequence[Any], out: Out) -> None:
    """Let two processes take messages up and write down that they were sent, each a commit of its own."""
    at = timezone.now()
    for n in range(-(-MARKED // len(members))):
        scene.routine(members, at=at, occasion=f"mark:{n}")
    ids = list(Message.objects.values_list("pk", flat=True)[:MARKED])
    alone = _claimed(ids, at, at_once=1)
    Message.objects.update(state=MessageState.DUE)
    claimed = _claimed(ids, at, at_once=settings.OUTBOX_AT_ONCE)
    Message.objects.filter(state=MessageState.CLAIMED).update(state=MessageState.SENDING)
    marked = _at_once([partial(_mark, ids[n::2], at) for n in range(2)])
    bare = _at_once([partial(_bare_commits, ids[n::2]) for n in range(2)])
    out.figure("two bare updates that commit, same run", len(ids) / bare, "a second")
    out.figure("claim one by one and mark, two processes", len(ids) / (alone + marked), "a second")
    words = "claim as workers do and mark, two processes"
    out.figure(words, len(ids) / (claimed + marked), "a second", at_least=1000)
    Message.objects.all().delete()


def _claimed(ids: Sequence[UUID], at: datetime, *, at_once: int) -> float:
    """Return how long two processes take to claim these, so many in one commit. Unit: seconds."""
    return _at_once([partial(_claim, ids[n::2], at, at_once) for n in range(2)])


def _claim(ids: Sequence[UUID], at: datetime, at_once: int) -> None:
    for start in range(0, len(ids), at_once):
        outbox.claim_all(ids[start : start + at_once], at=at)


def _mark(ids: Sequence[UUID], at: datetime) -> None:
    for message in Message.objects.filter(pk__in=ids).select_related("subject"):
        outbox.settle(outbox.Sent(message, at))


def _bare_commits(ids: Sequence[UUID]) -> None:
    for pk in ids:
        for _ in range(2):
            Message.objects.filter(pk=pk).update(attempts=1)


def _dispatch(members: Sequence[Any], folder: Path, out: Out) -> None:
    """Hand over as fast as two workers can, beside bare senders of the same mail to the same server."""
    crowd.settle()  # what was marked is gone by now, and the database must know it
    with passing.a_broker(folder) as broker, sink.running(folder / "sink") as mail:
        calm = {"STORM_LEASE": LONG, "STORM_WAKE": LONG}
        with told_by(broker), crew.at_work(folder / "crew", broker=broker, email=mail.url, **calm) as hands:
            _begin_work(members[:FIRST], hands)
            rate = _handed_over(members, hands)
            states = set(Message.objects.values_list("state", flat=True))
            on_disk = mail.kept() - len(members[:FIRST])
        said, count = mail.a_mail(), TIMES * len(members)
        bare = {
            words: count / _at_once([partial(act, mail.port, said, count // senders)] * senders)
            for words, senders, act in (
                ("two senders, a new line each mail", 2, _anew),
                ("two senders of one line each", 2, _bare),
                ("four senders of one line each", 4, _bare),
            )
        }
    out.figure("dispatch, two workers of two", rate, "a second")
    out.figure("not sent in calm weather", len(states - {"SENT"}), "", at_most=0)
    out.figure(f"of {count} mails on the sink's disk", on_disk, "", at_least=count)
    for words, figure in bare.items():
        out.figure(f"the bare sink, {words}", figure, "a second")
    for words, figure in bare.items():
        out.figure(f"dispatch ÷ {words}", rate / figure, "", at_least=0.5)
    Message.objects.all().delete()


@contextmanager
def told_by(broker: str) -> Iterator[None]:
    """Let this process tell workers by their broker, not by its own."""
    kept = current_app.conf.broker_write_url
    current_app.conf.broker_write_url = broker
    try:
        yield
    finally:
        current_app.conf.broker_write_url = kept


def _begin_work(members: Sequence[Any], hands: crew.Crew) -> None:
    """Let every process of the workers hand some over, once they have said that they are there."""
    scene.routine(members[:1], at=timezone.now(), occasion="there")
    reckoning.settled(hands, within=passing.READY)
    scene.routine(members[1:], at=timezone.now(), occasion="first")
    at, due = timezone.now(), Message.objects.filter(state=MessageState.DUE)
    outbox.wake(list(due.values_list("pk", flat=True)), at=at)
    reckoning.settled(hands, within=passing.CALM)


def _handed_over(members: Sequence[Any], hands: crew.Crew) -> float:
    """Return how many mails a second were handed over and settled, from the wake-up to the last of them."""
    for n in range(TIMES):
        scene.routine(members, at=timezone.now(), occasion=f"calm:{n}")
    due = Message.objects.filter(state=MessageState.DUE)
    start, ids = timezone.now(), list(due.values_list("pk", flat=True))
    outbox.wake(ids, at=start)
    reckoning.settled(hands, within=passing.CALM)
    last: Any = Message.objects.aggregate(last=Max("settled_at"))["last"]
    return len(ids) / float((last - start).total_seconds())


def _bare(port: int, mail: bytes, count: int) -> None:
    """Hand the same mail over again and again, on one line, and do nothing else."""
    with smtplib.SMTP("127.0.0.1", port) as line:
        for _ in range(count):
            line.sendmail("relay@localhost", ["a@example.org"], mail)


def _anew(port: int, mail: bytes, count: int) -> None:
    for _ in range(count):
        _bare(port, mail, 1)


def _at_once(acts: Sequence[Callable[[], None]]) -> float:
    """Do these in a process each, and return how long all of it took. Unit: seconds."""
    connections.close_all()
    start = time.perf_counter()
    with ExitStack() as stack:
        for act in acts:
            stack.enter_context(elsewhere(act))
    return time.perf_counter() - start
