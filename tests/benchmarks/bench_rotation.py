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


def run(out: Out) -> None:
    """Measure the rotation of many keys and survive a SIGKILL."""
    with out.timed(f"{KEYS:,} keys written"):
        vault.new_keys(KEYS)
    bare = _bare_loop()
    rotation.begin(by=access.command_actor(), at=timezone.now())
    start = time.perf_counter()
    done = rotation.rewrap()
    ours = done / (time.perf_counter() - start)
    out.figure("bare loop: unwrap, wrap, UPDATE of one key row", bare, "keys/s")
    out.figure("keys rotate, same run", ours, "keys/s")
    out.figure("keys rotate ÷ bare loop", ours / bare, "×", at_least=0.5)
    _killed(out)


def _bare_loop() -> float:
    """Unwrap, wrap and update each row with nothing else around it, then roll back."""
    ring = keyring.current()
    cipher = AESGCM(ring.masters[ring.newest_master])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id, wrapped, suite, epoch_id FROM foundation_datakey")
        rows = cursor.fetchall()
        start = time.perf_counter()
        for first in range(0, len(rows), PIECE):
            fresh = []
            for key_id, wrapped, suite, epoch in rows[first : first + PIECE]:
                blob, bound = bytes(wrapped), f"wrap\0{suite}\0{_text(key_id)}\0{epoch}".encode()
                nonce = os.urandom(12)
                secret = cipher.decrypt(blob[:12], blob[12:], bound)
                fresh.append((nonce + cipher.encrypt(nonce, secret, bound), key_id))
            cursor.executemany("UPDATE foundation_datakey SET wrapped = %s WHERE id = %s", fresh)
        seconds = time.perf_counter() - start
        transaction.set_rollback(True)
    return len(rows) / seconds


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
    out.figure("keys of an older epoch at the end", DataKey.objects.exclude(epoch=newest).count(), "", at_most=0)
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
    return subprocess.Popen([sys.executable, "-c", code], cwd=Path.cwd(), env=environment)  # noqa: S603


def _write_on(stop: threading.Event, written: list[int]) -> None:
    while not stop.is_set():
        vault.new_key()
        written.append(1)
        time.sleep(0.005)
    connection.close()


def _text(key_id: object) -> str:
    from uuid import UUID  # noqa: PLC0415 - SQLite hands out text

    return str(UUID(key_id)) if isinstance(key_id, str) else str(key_id)
