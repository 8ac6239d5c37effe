"""Rotate the master key: against the bare loop, then killed half-way, while others write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from foundation import access, keyring, vault
from foundation.vault import DataKey, keys, rotation
from tests.benchmarks.figures import Out

KEYS = 40_000
PIECE = 500
UPDATE = "UPDATE foundation_datakey SET wrapped = %s, epoch_id = %s WHERE id = %s AND epoch_id = %s"


def run(out: Out) -> None:
    """Measure the rotation of many keys and survive a SIGKILL."""
    with out.timed(f"{KEYS:,} keys written"):
        vault.new_keys(KEYS)
    old, new = keys.newest_epoch(), rotation.begin(by=access.command_actor(), at=timezone.now())
    bare = _bare_loop(old.pk, new.pk)
    rotation.begin(by=access.command_actor(), at=timezone.now())
    start = time.perf_counter()
    done = rotation.rewrap()
    ours = done / (time.perf_counter() - start)
    out.figure("bare loop: unwrap, wrap, UPDATE of one key row", bare, "keys/s")
    out.figure("keys rotate, same run", ours, "keys/s")
    out.figure("keys rotate ÷ bare loop", ours / bare, "×", at_least=0.5)
    _killed(out)


def _bare_loop(old: str, new: str) -> float:
    """Unwrap, wrap and update each key row, a commit for each piece, with nothing else around it."""
    masters = keyring.current().masters
    before, after = AESGCM(masters[old]), AESGCM(masters[new])
    with connection.cursor() as cursor:
        start = time.perf_counter()
        cursor.execute("SELECT id, wrapped FROM foundation_datakey WHERE epoch_id = %s", [old])
        rows = cursor.fetchall()
        for first in range(0, len(rows), PIECE):
            fresh = []
            for key_id, wrapped in rows[first : first + PIECE]:
                blob, nonce = bytes(wrapped), os.urandom(12)
                secret = before.decrypt(blob[:12], blob[12:], f"wrap\x001\0{_text(key_id)}\0{old}".encode())
                bound = f"wrap\x001\0{_text(key_id)}\0{new}".encode()
                fresh.append((nonce + after.encrypt(nonce, secret, bound), new, key_id, old))
            with transaction.atomic():
                cursor.executemany(UPDATE, fresh)
    return len(rows) / (time.perf_counter() - start)


def _killed(out: Out) -> None:
    rotation.begin(by=access.command_actor(), at=timezone.now())
    newest = keys.newest_epoch().pk
    written: list[int] = []
    stop = threading.Event()
    writer = threading.Thread(target=_write_on, args=(stop, written))
    writer.start()
    child = _child()
    while DataKey.objects.filter(epoch=newest).count() < KEYS // 2 and child.poll() is None:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    left = DataKey.objects.exclude(epoch=newest).count()
    resumed = rotation.rewrap()
    stop.set()
    writer.join()
    unopened = sum(1 for key in DataKey.objects.iterator(2000) if not keys.secret_of(key))
    out.figure("keys left when the rotation was killed", left, "keys", at_least=1)
    out.figure("keys re-wrapped when it went on", resumed, "keys")
    out.figure("keys written by others meanwhile", len(written), "keys", at_least=1)
    out.figure(
        "keys of an older epoch at the end", DataKey.objects.exclude(epoch=newest).count(), "", at_most=0
    )
    out.figure("keys that do not open at the end", unopened, "", at_most=0)


def _child() -> subprocess.Popen[bytes]:
    environment = {**os.environ, "BENCH_DATABASE": str(settings.DATABASES["default"]["NAME"])}
    environment["BENCH_KEYRING"] = settings.KEYRING
    code = (
        "import os, django; django.setup();"
        "from django.conf import settings; from django.db import connections;"
        "settings.KEYRING = os.environ['BENCH_KEYRING'];"
        "connections['default'].settings_dict['NAME'] = os.environ['BENCH_DATABASE'];"
        "from foundation.vault import rotation; rotation.rewrap()"
    )
    return subprocess.Popen([sys.executable, "-c", code], cwd=Path.cwd(), env=environment)


def _write_on(stop: threading.Event, written: list[int]) -> None:
    while not stop.is_set():
        vault.new_key()
        written.append(1)
        time.sleep(0.005)
    connection.close()


def _text(key_id: object) -> str:
    from uuid import UUID  # noqa: PLC0415 - SQLite hands out text

    return str(UUID(key_id)) if isinstance(key_id, str) else str(key_id)
