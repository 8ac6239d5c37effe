"""The embedded home of the demo: made, migrated and filled once, and never another's data touched."""

import gc
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from foundation import keyring

STATE = "demo.json"
FILLING, FILLED = "filling", "filled"
DATA = (
    "relay.sqlite3*", "broker.sqlite3*", "keyring.json", "anchor.jsonl*", "ledger.jsonl", "beat*",
    "demo.json", "*.log", "cache", "files", "mail", "sms", "secret_key",
)  # fmt: skip


def check_allowed() -> None:
    """
    Check that this is no place where real people's data may be.

    :raises CommandError: in production, or on any database but the home's own.
    """
    if settings.PRODUCTION or connection.vendor != "sqlite":
        raise CommandError(
            "The demo invents people, so it refuses to run in production or on a database server."
        )


@contextmanager
def alone() -> Iterator[None]:
    """
    Hold the home; the lock ends with the process, so that none is ever stale.

    :raises CommandError: if another demo runs in it.
    """
    import fcntl  # noqa: PLC0415  not on Windows

    handle = os.open(settings.DATA_DIR / "demo.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as fault:
        raise CommandError(
            "A demo runs in this home already: end it with Ctrl-C, or name another DATA_DIR."
        ) from fault
    finally:
        os.close(handle)


def make(*, fresh: bool, at: datetime, fill: Callable[[datetime], object]) -> None:
    """
    Make the home ready: keyring, tables, invented people.

    A fill that was interrupted begins again from nothing.

    :param fill: called with ``at`` to invent the people.
    :raises CommandError: if the home holds data that no demo made.
    """
    if fresh or state() == FILLING:
        clear()
    elif state() != FILLED and holds_people():
        raise CommandError("This home holds data that no demo made: name another DATA_DIR for the demo.")
    if not (settings.DATA_DIR / "keyring.json").exists():
        keyring.create(settings.DATA_DIR / "keyring.json")
    _look_past_what_is_loaded()
    call_command("migrate", verbosity=0, interactive=False)
    if state() != FILLED:
        note(FILLING)
        _look_past_what_is_loaded()
        _fill_fast(fill, at)
        note(FILLED)


def state() -> str:
    """Return how far the demo's data is: empty, filling or filled."""
    try:
        return str(json.loads((settings.DATA_DIR / STATE).read_text())["state"])
    except (OSError, ValueError, KeyError):
        return ""


def unready() -> list[str]:
    """Return a sentence while the demo's data is being made; nothing where there is no demo."""
    return ["The demo is being filled."] if state() == FILLING else []


def note(word: str) -> None:
    """Write down how far the demo's data is."""
    file = settings.DATA_DIR / STATE
    half = file.with_suffix(".new")
    half.write_text(json.dumps({"state": word}))
    half.replace(file)


def clear() -> None:
    """
    Remove what demos made.

    :raises CommandError: if the home holds people that no demo made.
    """
    if not state() and holds_people():
        raise CommandError("This home holds data that no demo made, so it is not cleared.")
    connection.close()
    for pattern in DATA:
        for found in settings.DATA_DIR.glob(pattern):
            _remove(found)


def holds_people() -> bool:
    """Return whether the database holds any login."""
    if "foundation_staff" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM foundation_staff)")
        return bool(cursor.fetchone()[0])


def _look_past_what_is_loaded() -> None:
    """Keep the collector of garbage out of what stays: its search was a third of migrating."""
    gc.collect()
    gc.freeze()


def _fill_fast(fill: Callable[[datetime], object], at: datetime) -> None:
    """Fill without waiting for the disk each time: what a power cut leaves half done begins again."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
    fill(at)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()  # the next connection waits for the disk again


def _remove(found: Path) -> None:
    if found.is_dir():
        shutil.rmtree(found)
    else:
        found.unlink()
