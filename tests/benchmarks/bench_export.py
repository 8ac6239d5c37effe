"""Export donors with five opened fields: against a raw cursor with the same crypto, in flat memory."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from foundation import access, keyring
from foundation.access import Branch
from foundation.approvals import Answer, Approval, Decision
from registry.donors.exports import asking, making, taking
from registry.donors.exports.taking import Form
from registry.donors.models import Export
from tests.benchmarks import crowd
from tests.benchmarks.figures import Out

MANY = int(os.environ.get("BENCH_EXPORT_ROWS", "200000"))
FEW = MANY // 10
FIELDS = ("name", "document", "phone", "address", "workplace")
MORE = {"address": "浙江省宁波市鄞州区学府路51号", "workplace": "宁波卫生职业技术学院"}
PIECE = 500
HEADER = 22  # of a cell: version, suite, key, seal version
NONCE = 12
SELECT = (
    "SELECT d.id, d.seal_version, k.id, k.epoch_id, k.wrapped, "
    "d.name, d.document, d.phone, d.address, d.workplace "
    "FROM registry_donor d JOIN foundation_subject s ON s.id = d.subject_id"
    " JOIN foundation_datakey k ON k.id = s.key_id WHERE d.service_path >= %s AND d.service_path < %s"
    " ORDER BY d.id"
)


def run(out: Out) -> None:
    """Measure the export of many, and how much memory few and many take."""
    counties = crowd.tree()
    with out.timed(f"{FEW:,} donors written"):
        crowd.fill(counties, FEW, more=MORE)
        crowd.settle()
    few = _memory()
    with out.timed(f"{MANY:,} donors written"):
        crowd.fill(counties, MANY - FEW, start=FEW, more=MORE)
        crowd.settle()
    raw, ours, handed = _raw(), *_ours()
    out.figure("raw cursor: unwrap, open five cells, write CSV", MANY / raw, "rows/s")
    out.figure("export: read, open, seal the sheet", MANY / ours, "rows/s")
    out.figure("export ÷ raw cursor", raw / ours, "×", at_least=0.40)
    out.figure("handing it out as CSV, with a trail row a person", MANY / handed, "rows/s")
    many = _memory()
    out.figure(f"peak memory, {FEW:,} donors", few, "MB")
    out.figure(f"peak memory, {MANY:,} donors", many, "MB")
    out.figure("memory of many ÷ of few", many / few, "×", at_most=1.15)


def _raw() -> float:
    """Return the seconds a cursor of the server takes, with nothing but the crypto around it."""
    top = Branch.objects.get(code="33").path
    start = time.perf_counter()
    with transaction.atomic(), Path(os.devnull).open("w", newline="") as file:
        writer, masters = csv.writer(file), keyring.current().masters
        for row in _rows(top):
            writer.writerow(_opened(row, masters))
    return time.perf_counter() - start


def _rows(top: str) -> Iterator[Any]:
    bounds = [top, f"{int(top) + 1:0{len(top)}}"]
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            yield from cursor.execute(SELECT, bounds)
        return
    with connection.connection.cursor(name="bench") as cursor:
        cursor.itersize = PIECE
        yield from cursor.execute(SELECT, bounds)


def _opened(row: Any, masters: Any) -> list[str]:
    """Open a row as the vault binds it: see docs/security.md."""
    donor, version, key_id, epoch, wrapped = row[:5]
    key, blob = _uuid(key_id), bytes(wrapped)
    bound = f"wrap\x001\0{key}\0{epoch}".encode()
    secret = AESGCM(AESGCM(masters[epoch]).decrypt(blob[:NONCE], blob[NONCE:], bound))
    found = []
    for name, cell in zip(FIELDS, row[5:], strict=True):
        sealed = bytes(cell)
        place = f"1\x001\0{key}\0registry_donor\0{name}\0{_uuid(donor)}\0{version}".encode()
        nonce, rest = sealed[HEADER : HEADER + NONCE], sealed[HEADER + NONCE :]
        found.append(secret.decrypt(nonce, rest, place).decode())
    return found


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _ours() -> tuple[float, float]:
    """Return the seconds that making a sheet takes, and handing it out."""
    export = _agreed()
    start = time.perf_counter()
    making.make(export, at=timezone.now())
    made = time.perf_counter()
    size = sum(map(len, taking.take(export, Form.CSV, by=access.command_actor(), at=timezone.now())))
    assert size > export.people
    return made - start, time.perf_counter() - made


def _agreed() -> Export:
    """Return a sheet with five opened fields that somebody agreed to."""
    by, at = access.command_actor(), timezone.now()
    top = Branch.objects.get(code="33")
    export = asking.ask(top, columns=FIELDS, filters={}, opened=True, reason="CHECK", by=by, at=at)
    Approval.objects.about(export).update(
        decision=Decision.YES,
        answer=Answer.CHECKED,
        decided_at=at,
        decided_by_kind="staff",
        decided_by_id="second",
    )
    return export


def _memory() -> float:
    """Return the most memory an export takes in a process of its own, in megabytes."""
    environment = {**os.environ, "BENCH_DATABASE": str(settings.DATABASES["default"]["NAME"])}
    environment["BENCH_KEYRING"] = settings.KEYRING
    code = (
        "import os, django; django.setup();"
        "from django.conf import settings; from django.db import connections;"
        "settings.KEYRING = os.environ['BENCH_KEYRING'];"
        "connections['default'].settings_dict['NAME'] = os.environ['BENCH_DATABASE'];"
        "from tests.benchmarks import bench_export, memory; bench_export._ours();"
        "print(memory.peak_megabytes())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout.split()[-1])
