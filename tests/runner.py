"""`manage.py test`: each test once, and those that rest on the database on SQLite and on PostgreSQL.

Where PostgreSQL and Redis are installed, what people do on pages runs there, and the browser works on
SQLite; where they are not, everything runs on SQLite. CI=true leaves nothing out; without it the slow
tests wait, and each sweep goes over a sample (tests/conftest.py, tests/sweeps.py). What a machine lacks
is named with the package that brings it. The last line is always pytest's own summary: the one of the
last part, or of the part that failed.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from tests import servers

BASE = Path(__file__).resolve().parent.parent
NO_TESTS = 5  # pytest's exit code when nothing was selected
WORKERS = "3"  # on two cores: one of them mostly waits for a page or a lock
FROM_MODELS = "--nomigrations"  # tables are made in two seconds so, not in twenty; see test_migrating
WHAT = {
    "postgres": "the tests on PostgreSQL",
    "redis": "the tests on Redis",
    "chromium": "the tests in a browser",
}


def main(arguments: Sequence[str]) -> int:
    """Run the tests with pytest's arguments and return the exit code."""
    signal.signal(signal.SIGTERM, _end)
    lacking = servers.missing()
    for name, package in lacking.items():
        say(f"Without {name} here, {WHAT[name]} cannot run: install it with `apt-get install {package}`.")
    if {"postgres", "redis"} & set(lacking):
        say("All tests, on SQLite:")
        return _pytest(arguments, {})[0]
    there, last = _on_servers(arguments)
    say("The others, and again what rests on the database, on SQLite:")
    here, _ = _pytest(arguments, {"TESTED_ON_SERVERS": "true"})
    if there not in {0, NO_TESTS}:
        say("The tests on PostgreSQL and Redis failed:")
        say(last)
        return there
    if here == NO_TESTS:
        say(last)
    return there if here == NO_TESTS else here


def _on_servers(arguments: Sequence[str]) -> tuple[int, str]:
    say("What people do, and what rests on the database, on PostgreSQL and Redis:")
    with ExitStack() as stack:
        database = stack.enter_context(servers.postgres())
        broker = stack.enter_context(servers.redis())
        return _pytest(arguments, {"TEST_DATABASE_URL": database, "TEST_BROKER_URL": broker})


def _pytest(arguments: Sequence[str], extra: dict[str, str]) -> tuple[int, str]:
    """Run pytest, show what it says as it comes, and return its exit code and its last line."""
    command = [sys.executable, "-m", "pytest", *_workers(arguments), FROM_MODELS, *arguments]
    color = ["--color=yes"] if sys.stdout.isatty() else []
    process = subprocess.Popen(
        [*command, *color],
        cwd=BASE,
        env=_environment() | extra,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    last = ""
    try:
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            last = line.rstrip("\n") or last
        return process.wait(), last
    except BaseException:
        process.send_signal(signal.SIGINT)  # pytest then ends its workers and browsers
        process.wait()
        raise


def _environment() -> dict[str, str]:
    """Return what pytest begins with: what one process compiles is kept for all the others."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _workers(arguments: Sequence[str]) -> list[str]:
    """Return how many processes share the tests; a single test is not worth starting two."""
    chosen = any(item.startswith(("-n", "--numprocesses", "--pdb")) or "::" in item for item in arguments)
    return [] if chosen else ["-n", WORKERS, "--dist", "worksteal"]


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()
