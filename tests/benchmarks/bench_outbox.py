"""The outbox: how fast it claims and marks, and what it hands over beside a bare sender."""

from __future__ import annotations

import os
import smtplib
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections
from django.utils import timezone

from notifications import outbox
from notifications.outbox import Message, MessageState
from tests import sink
from tests.benchmarks.figures import Out
from tests.racing import elsewhere
from tests.storm import crew, passing, reckoning, scene

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "400"))  # two mails for each
MARKED = int(os.environ.get("BENCH_MARKED", "2000"))  # messages claimed and marked
PROCESSES = 2 * crew.CONCURRENCY
LONG = "60"  # seconds of a lease where nothing is killed


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
    took = _at_once([partial(_claim, ids[n::2], at) for n in range(2)])
    Message.objects.filter(state=MessageState.CLAIMED).update(state=MessageState.SENDING)
    took += _at_once([partial(_mark, ids[n::2], at) for n in range(2)])
    bare = _at_once([partial(_bare_commits, ids[n::2]) for n in range(2)])
    out.figure("two bare updates that commit, same run", len(ids) / bare, "a second")
    out.figure("claim and mark, two processes", len(ids) / took, "a second", at_least=1000)
    Message.objects.all().delete()


def _claim(ids: Sequence[UUID], at: datetime) -> None:
    for pk in ids:
        outbox.claim(pk, at=at)


def _mark(ids: Sequence[UUID], at: datetime) -> None:
    for message in Message.objects.filter(pk__in=ids).select_related("subject"):
        outbox.settle(message, at=at)


def _bare_commits(ids: Sequence[UUID]) -> None:
    for pk in ids:
        for _ in range(2):
            Message.objects.filter(pk=pk).update(attempts=1)


def _dispatch(members: Sequence[Any], folder: Path, out: Out) -> None:
    """Hand over as fast as two workers can, beside as many bare senders with the same server and mails."""
    with (
        passing.a_broker(folder) as broker,
        sink.running(folder / "sink") as mail,
        crew.at_work(folder / "crew", broker=broker, email=mail.url, STORM_LEASE=LONG) as hands,
    ):
        scene.routine(members[:1], at=timezone.now(), occasion="first")
        reckoning.settled(hands, within=passing.READY)
        for n in range(2):
            scene.routine(members, at=timezone.now(), occasion=f"calm:{n}")
        start = time.perf_counter()
        due = Message.objects.filter(state=MessageState.DUE)
        outbox.wake(due.values_list("pk", flat=True), at=timezone.now())
        reckoning.settled(hands, within=passing.CALM)
        rate = 2 * len(members) / (time.perf_counter() - start)
        states = set(Message.objects.values_list("state", flat=True))
    with sink.running(folder / "bare") as mail:
        shares = [partial(_bare, mail.port, len(members) // 2)] * PROCESSES
        bare = 2 * len(members) / _at_once(shares)
    out.figure("the bare sink, mails handed over", bare, "a second")
    out.figure("dispatch, two workers of two", rate, "a second")
    out.figure("dispatch ÷ the bare sink", rate / bare, "", at_least=0.5)
    out.figure("not sent in calm weather", len(states - {"SENT"}), "", at_most=0)
    Message.objects.all().delete()


def _bare(port: int, count: int) -> None:
    """Hand the same words over again and again, on one line, and do nothing else."""
    mail = EmailMessage()
    mail["Subject"], mail["Message-ID"], mail["To"] = "您好", "<bare@sink>", "a@example.org"
    mail.set_content("愿您安好。", cte="base64")
    with smtplib.SMTP("127.0.0.1", port) as line:
        for _ in range(count):
            line.sendmail("relay@localhost", ["a@example.org"], mail.as_bytes())


def _at_once(acts: Sequence[Callable[[], None]]) -> float:
    """Do these in a process each, and return how long all of it took. Unit: seconds."""
    connections.close_all()
    start = time.perf_counter()
    with ExitStack() as stack:
        for act in acts:
            stack.enter_context(elsewhere(act))
    return time.perf_counter() - start
