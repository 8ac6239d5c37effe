"""Five storms over web, workers, broker, database and mail server, in which no condolence comes twice."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from notifications.outbox import Message
from notifications.plans.models import Plan, Touchpoint
from tests.benchmarks.figures import Out
from tests.storm import passing, scene

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "400"))  # a bereavement and a routine mail for each
SEEDS = os.environ.get("BENCH_SEEDS", "1 2 3 4 5")
SECONDS = float(os.environ.get("BENCH_SECONDS", "25"))  # of each storm


def run(out: Out) -> None:
    """Let the storms pass, one after another."""
    with out.timed(f"{PEOPLE} people"):
        members = scene.people(PEOPLE)
    with tempfile.TemporaryDirectory() as folder:
        for seed in map(int, SEEDS.split()):
            _storm(members, Path(folder) / str(seed), seed, out)


def _storm(members: Sequence[Any], folder: Path, seed: int, out: Out) -> None:
    found = passing.storm(members, folder, seconds=SECONDS, seed=seed)
    weather, heard = found.weather, found.officer.heard
    out.say(
        f"  storm {seed}: {weather.kills} kills, {weather.cuts} cuts, {weather.wipes} wipes, "
        f"{found.resets} resets; {found.while_it_blew} mails taken meanwhile; {dict(found.states)}; "
        f"{found.unknown_and_there} unknown had arrived; {found.routine_twice} routine mails twice"
    )
    out.say(
        "  answers of the web: "
        + ", ".join(f"{n} {act} {status}" for (act, status), n in sorted(heard.items()))
    )
    out.figure(f"storm {seed}: to the bereaved twice", found.twice_to_the_bereaved, "", at_most=0)
    out.figure(f"storm {seed}: sent and not there", found.sent_and_not_there, "", at_most=0)
    out.figure(f"storm {seed}: without an end", found.still_going, "", at_most=0)
    out.figure(f"storm {seed}: unknown", found.unknown, "", at_most=found.unknown_at_most)
    out.figure(f"storm {seed}: answered wrongly by the web", len(found.answered_wrongly), "", at_most=0)
    for fault in found.faults:
        out.say(f"  storm {seed}: {fault}")
    out.figure(f"storm {seed}: anything that does not hold", len(found.faults), "", at_most=0)
    Message.objects.all().delete()
    Touchpoint.objects.all().delete()
    Plan.objects.all().delete()
