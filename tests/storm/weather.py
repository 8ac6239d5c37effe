"""What a storm does, and how often it did it."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass

from django.db import OperationalError, connection
from kombu import Connection

from tests.sink import Sink
from tests.storm.crew import Crew, has_children, kill

BUSY, RESET = 0.05, 0.03  # shares of mails that are put off, and whose line is cut once they are on disk
EVERY = {"kill_child": 0.8, "kill_worker": 6.0, "wipe": 4.0, "cut": 3.0}  # seconds, on the average
LONGER = 20.0  # seconds that a storm may last beyond its time, where too little happened
EMBEDDED = {"kill_worker": 3.0, "wipe": 4.0}  # no children, and no connections to cut


@dataclass
class Weather:
    """A storm of so many seconds over a crew and its servers; the same seed blows the same."""

    crew: Crew
    sink: Sink
    broker: str
    seed: int
    kills: int = 0
    cuts: int = 0
    wipes: int = 0
    deadlocks_before: int = 0
    calm_at: float = 0.0  # by the clock of the mail server too

    def blow(self, seconds: float, *, reset: float = RESET, resets: int = 0) -> None:
        """
        Blow, then leave everything running and calm.

        :param reset: the share of mails whose line is cut once they are on disk.
        :param resets: how many of them there must be before it is calm; else it blows on for a while.
        """
        chance = random.Random(self.seed)  # noqa: S311
        self.deadlocks_before = deadlocks()
        self.sink.behave(busy=BUSY, reset=reset)
        until = time.monotonic() + seconds
        every = EVERY if has_children() else EMBEDDED
        due = {name: time.monotonic() + chance.expovariate(1 / mean) for name, mean in every.items()}
        while time.monotonic() < until or (self.resets() < resets and time.monotonic() < until + LONGER):
            for name in [name for name, when in due.items() if when <= time.monotonic()]:
                getattr(self, name)(chance)
                due[name] = time.monotonic() + chance.expovariate(1 / every[name])
            self.crew.look()
            time.sleep(0.05)
        self.calm_at = time.time()
        self.crew.bury()
        self.sink.behave()

    def resets(self) -> int:
        """Return how often the mail server cut the line of a mail that it had taken."""
        return sum(line["reset"] for line in self.sink.taken())

    def kill_child(self, chance: random.Random) -> None:
        """Kill one that hands messages over."""
        if children := self.crew.children():
            self.kills += kill(chance.choice(children))

    def kill_worker(self, chance: random.Random) -> None:
        """Kill a whole worker, and start another."""
        self.crew.bury()
        self.crew.kill_worker(chance.randrange(2))
        self.kills += 1

    def wipe(self, _chance: random.Random) -> None:
        """Wipe the broker."""
        wipe(self.broker)
        self.wipes += 1

    def cut(self, _chance: random.Random) -> None:
        """Cut every other connection to the database."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        self.cuts += 1


def deadlocks() -> int:
    """Return how many deadlocks the database has broken up so far; the embedded one knows none."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def wipe(broker: str) -> None:
    """Take every message out of a broker."""
    if broker.startswith("sqla+sqlite:///"):
        file = broker.removeprefix("sqla+sqlite:///")
        nothing_yet = suppress(sqlite3.OperationalError)  # nobody made its tables
        with nothing_yet, closing(sqlite3.connect(file, timeout=30)) as tables, tables:
            tables.execute("DELETE FROM kombu_message")
        return
    with Connection(broker) as line, suppress(OperationalError):
        line.default_channel.client.flushall()
