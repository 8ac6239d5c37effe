"""Eight writers of one embedded database, each a process: how long a registration takes, and what tears."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from django.db import connection

from foundation.access import Role
from registry.donors.models import Donor
from tests import writers
from tests.benchmarks.figures import Out
from tests.factories import consent as consents
from tests.factories.drives import DriveFactory
from tests.factories.foundation import StaffFactory
from tests.racing import elsewhere

ACTS = int(os.environ.get("BENCH_WRITES", "200"))  # registrations of each writer


def run(out: Out) -> None:
    """Measure how long a registration waits and works while seven others write."""
    consents.text()
    drive = DriveFactory()
    staff = [StaffFactory(role=Role.COORDINATOR, branch=drive.branch) for _ in range(writers.WRITERS)]
    with tempfile.TemporaryDirectory() as folder:
        diaries = [Path(folder) / f"{place}.jsonl" for place in range(writers.WRITERS)]
        start = time.perf_counter()
        with ExitStack() as stack:
            for place, diary in enumerate(diaries):
                act = partial(writers.work, drive, staff[place], place, diary, acts=ACTS)
                stack.enter_context(elsewhere(act))
        whole = time.perf_counter() - start
        noted = [one for diary in diaries for one in writers.lines(diary)]
    cuts = statistics.quantiles((one["took"] * 1000 for one in noted), n=100)
    expected = writers.WRITERS * ACTS
    out.figure(f"{writers.WRITERS} writers, {ACTS} registrations each", expected / whole, "a second")
    out.figure("a registration, p50", cuts[49], "ms")
    out.figure("a registration, p99", cuts[98], "ms", at_most=3000)
    out.figure("a registration, the longest", max(one["took"] for one in noted) * 1000, "ms")
    faults = [one["fault"] for one in noted if one["fault"]]
    out.figure("turned away, as “database is locked”", len(faults), "", at_most=0)
    for fault in sorted(set(faults))[:3]:
        out.say(f"  ({fault})")
    out.figure("lost", expected - Donor.objects.count(), "", at_most=0)
    out.figure("torn: integrity_check, foreign_key_check", _torn(), "", at_most=0)


def _torn() -> int:
    """Return how many faults SQLite finds in its file."""
    with connection.cursor() as cursor:
        found = [row for row in cursor.execute("PRAGMA integrity_check").fetchall() if row != ("ok",)]
        return len(found) + len(cursor.execute("PRAGMA foreign_key_check").fetchall())
