"""Web, workers and beats as processes of their own, that can be killed and started again."""

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
from registry.management.commands import demo
from tests import servers

BASE = Path(__file__).resolve().parent.parent.parent
CELERY = [sys.executable, "-m", "celery", "--app", "registry.config", "--skip-checks"]
CONCURRENCY = 2
KEPT = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
PATIENCE = 20  # seconds a process has to end


@dataclass
class Crew:
    """
    What runs: two workers, two beats, and a web server where one was asked for.

    A worker has two processes; on the embedded broker, as in the demo, two threads: there the processes
    of a pool share a lock, which one that is killed may take with it for ever.

    ``behind``: seconds by which the clock of every other worker and beat was set back.
    """

    folder: Path
    environment: dict[str, str]
    behind: float = 0.0
    port: int = field(default_factory=servers.free_port)
    webs: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    beats: list[subprocess.Popen[bytes]] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)

    def start(self, command: Sequence[str], name: str) -> subprocess.Popen[bytes]:
        """Start one process, which leads a session of its own."""
        behind = self.behind if name.endswith("1") else 0.0
        environment = {**self.environment, "STORM_BEHIND": str(behind)}
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=BASE, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=supervisor._die_with_parent,  # noqa: PLW1509  no threads
            )  # fmt: skip

    def add_worker(self) -> None:
        """Start a worker."""
        name = f"w{len(self.workers)}"
        kind = "prefork" if has_children() else "threads"
        pool = ["--pool", kind, "--concurrency", str(CONCURRENCY), "--prefetch-multiplier", "1"]
        quiet = ["--loglevel", "ERROR", "--without-mingle", "--without-gossip", "--without-heartbeat"]
        command = [*CELERY, "worker", *pool, *quiet, "-n", f"{name}-{time.monotonic_ns()}@storm"]
        self.workers.append(self.start(command, name))

    def add_beat(self) -> None:
        """Start a beat."""
        name = f"beat{len(self.beats)}"
        schedule = ["-s", str(self.folder / name), "--pidfile", "", "--loglevel", "ERROR"]
        self.beats.append(self.start([*CELERY, "beat", *schedule], name))

    def add_web(self) -> None:
        """Start a web server: beside SQLite as the demo does, else as docs/deploy.md does."""
        command = list(demo.children(self.port)[0].command)
        if has_children():
            bind = command.index("--bind") + 2
            command = [*command[:bind], "--workers", "1", "--no-control-socket"]
        self.webs.append(self.start(command, "web"))

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
        kinds = ((self.workers, self.add_worker), (self.beats, self.add_beat), (self.webs, self.add_web))
        for crew, add in kinds:
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
        processes = (*self.webs, *self.workers, *self.beats)
        left = [pid for process in processes for pid in _children(process.pid)]
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)
            process.kill()
            process.wait()
        for pid in left:
            kill(pid)


@contextmanager
def at_work(
    folder: Path, *, broker: str, email: str, web: bool = False, behind: float = 0.0, **more: str
) -> Iterator[Crew]:
    """Run two workers, two beats and maybe a web server on the database of this process."""
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
    crew = Crew(folder, environment, behind)
    try:
        for _ in range(2):
            crew.add_worker()
            crew.add_beat()
        if web:
            crew.add_web()
        yield crew
    finally:
        crew.end()


def has_children() -> bool:
    """Return whether this is how production runs; else it is how the embedded home does."""
    return connection.vendor == "postgresql"


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
