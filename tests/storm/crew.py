"""Workers and beats as processes of their own, that can be killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

from foundation.management import supervisor

BASE = Path(__file__).resolve().parent.parent.parent
CELERY = [sys.executable, "-m", "celery", "--app", "registry.config", "--skip-checks"]
CONCURRENCY = 2
KEPT = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
PATIENCE = 20  # seconds a process has to end


@dataclass
class Crew:
    """What runs: workers of two processes each, and beats."""

    folder: Path
    environment: dict[str, str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    beats: list[subprocess.Popen[bytes]] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)

    def start(self, command: Sequence[str], name: str) -> subprocess.Popen[bytes]:
        """Start one process, which leads a session of its own."""
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=BASE, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=supervisor._die_with_parent,  # noqa: PLW1509  no threads
            )  # fmt: skip

    def add_worker(self) -> None:
        """Start a worker."""
        name = f"w{len(self.workers)}"
        pool = ["--pool", "prefork", "--concurrency", str(CONCURRENCY), "--prefetch-multiplier", "1"]
        quiet = ["--loglevel", "ERROR", "--without-mingle", "--without-gossip", "--without-heartbeat"]
        command = [*CELERY, "worker", *pool, *quiet, "-n", f"{name}-{time.monotonic_ns()}@storm"]
        self.workers.append(self.start(command, name))

    def add_beat(self) -> None:
        """Start a beat."""
        name = f"beat{len(self.beats)}"
        schedule = ["-s", str(self.folder / name), "--pidfile", "", "--loglevel", "ERROR"]
        self.beats.append(self.start([*CELERY, "beat", *schedule], name))

    def children(self) -> list[int]:
        """Return the processes that hand messages over."""
        return [pid for worker in self.workers for pid in _children(worker.pid)]

    def kill_worker(self, which: int) -> None:
        """Kill a worker's main process; its children are left to themselves for a moment."""
        worker = self.workers.pop(which % len(self.workers))
        self.orphans += _children(worker.pid)
        worker.kill()
        worker.wait()
        self.add_worker()

    def look(self) -> None:
        """Start again what ended by itself, as whatever supervises the processes does."""
        for crew, add in ((self.workers, self.add_worker), (self.beats, self.add_beat)):
            for gone in [process for process in crew if process.poll() is not None]:
                crew.remove(gone)
                add()

    def bury(self) -> None:
        """End what was left behind by a killed worker."""
        for pid in self.orphans:
            kill(pid)
        self.orphans.clear()

    def end(self) -> None:
        """End everything that was started here."""
        self.bury()
        for process in (*self.workers, *self.beats):
            left = _children(process.pid)
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
            process.kill()
            process.wait()
            for pid in left:
                kill(pid)


@contextmanager
def at_work(
    folder: Path, *, broker: str, email: str, workers: int = 2, beats: int = 2, **more: str
) -> Iterator[Crew]:
    """Run a crew on the database of this process."""
    database = {key: connection.settings_dict[key] for key in KEPT}
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.storm.settings",
        "DATA_DIR": str(settings.DATA_DIR),
        "STORM_DATABASE": json.dumps(database, default=str),
        "STORM_BROKER": broker,
        "EMAIL_URL": email,
        **more,
    }
    folder.mkdir(parents=True, exist_ok=True)
    crew = Crew(folder, environment)
    try:
        for _ in range(workers):
            crew.add_worker()
        for _ in range(beats):
            crew.add_beat()
        yield crew
    finally:
        crew.end()


def kill(pid: int) -> bool:
    """Kill a process, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
