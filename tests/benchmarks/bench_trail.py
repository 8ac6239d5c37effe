"""What the trail costs, and how fast all of it is checked."""

from __future__ import annotations

import os
import statistics
import time
from datetime import timedelta
from unittest import mock

from django.db import connection
from django.utils import timezone

from consent import actions as consents
from consent.models import Text
from foundation import access, trail
from foundation.access import Permission
from foundation.trail import anchor, recording, sealing, verifying
from foundation.trail.models import TrailRow
from registry.config.demo import world as worlds
from registry.config.demo.people import Crowd
from registry.config.demo.way import Way
from registry.drives import actions as drives
from tests.benchmarks.figures import Out

PAIRS = 60
ROWS = 200_000
PIECE = 5000


def run(out: Out) -> None:
    """Measure the trail's share of `enrol`, then verify many rows."""
    _share(out)
    _verify(out)


def _share(out: Out) -> None:
    at = timezone.now()
    since = at - timedelta(days=365)
    world = worlds.build(password="-", since=since)  # noqa: S106 - nobody signs in
    consents.install_first_texts(by=access.command_actor(), at=since)
    way = Way.through(world, Text.objects.in_force("hpc_recruitment", at).get(), began=since)
    office = drives.office_of(
        world.counties["330212"], by=world.actor("lin", Permission.DRIVE_MANAGE, at=at), at=at
    )
    crowd, with_trail, without = Crowd(seed=1), [], []
    for n in range(PAIRS + 5):
        for taken, off in ((with_trail, False), (without, True)):
            invented = crowd.next(area="330212", registered_on=at.date())
            barcode = f"B{n:05}{off:d}"
            start = time.perf_counter()
            if off:
                with mock.patch.object(recording, "record_many"), mock.patch.object(trail, "record_many"):
                    way.enrol(invented, office, area="330212", barcode=barcode, at=at)
            else:
                way.enrol(invented, office, area="330212", barcode=barcode, at=at)
            taken.append(time.perf_counter() - start)
    whole, bare = statistics.median(with_trail[5:]), statistics.median(without[5:])
    out.figure("enrol as a whole, median", whole * 1000, "ms")
    out.figure("enrol without a trail, same run", bare * 1000, "ms")
    out.figure("the trail's share of enrol", (whole - bare) / whole * 100, "%", at_most=15)


def _verify(out: Out) -> None:
    by, at = access.command_actor(), timezone.now()
    with out.timed(f"{ROWS:,} rows written and sealed"):
        for start in range(0, ROWS, PIECE):
            trail.record_many(
                trail.Entry("thing.done", by, at, ("thing", str(start + n)), after={"state": "DONE"})
                for n in range(PIECE)
            )
        sealing.seal(at=at)
        anchor.anchor()
    start = time.perf_counter()
    report = verifying.verify(processes=os.cpu_count() or 1)
    seconds = time.perf_counter() - start
    assert report.holds, report
    out.figure("verify, a process a core", report.rows / seconds, "rows/s", at_least=200_000)
    start = time.perf_counter()
    assert verifying.verify().holds
    out.figure("verify, one process", report.rows / (time.perf_counter() - start), "rows/s")
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, at, branch, object, verb, by_id, body FROM foundation_trailrow")
        fetched = sum(len(rows) for rows in iter(lambda: cursor.fetchmany(PIECE), []))
    out.figure("the bare bound: fetching the same rows", fetched / (time.perf_counter() - start), "rows/s")
    out.say(f"  ({TrailRow.objects.count():,} rows)")
