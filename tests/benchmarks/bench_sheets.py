"""Bring paper lists in: against COPY of the same rows with live crypto, in flat memory, and on SQLite."""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from consent.models import Consent, Evidence
from foundation import rows
from foundation.access import command_actor
from foundation.moves.models import Step
from foundation.papers import sheets as files
from foundation.trail.models import TrailRow
from foundation.vault import DataKey, Subject, indexes
from foundation.vault.fields import sealed_fields
from registry.donors.models import Contact, Donor
from registry.drives.imports import import_rows, preparing
from registry.drives.imports.importing import pieces
from registry.drives.imports.judging import Judging, Piece
from registry.drives.imports.preparing import Volunteer
from registry.drives.models import Drive, SheetEntry
from registry.drives.sheets import find_header, reader
from registry.samples.models import Sample
from tests.benchmarks.figures import Out
from tests.factories import consent as consents
from tests.factories import lists
from tests.factories.drives import DriveFactory

LARGE = int(os.environ.get("BENCH_SHEET", "100000"))
HUGE = int(os.environ.get("BENCH_SHEET_HUGE", "1000000"))
SMALL = 5_000  # the longest list the embedded database takes
HEADER_BYTES = 22  # before the nonce of a sealed cell
NONCE_BYTES, TAG_BYTES = 12, 16
INDEXES = 4  # document, telephone, name, initials
FIRST_DAY = date(1981, 1, 1)
DAYS = 9_000  # of birth: people of 18 to 45 on the day of the list


def run(out: Out) -> None:
    """Measure what this database is asked for: 300 volunteers a second, or 0.40 of COPY and flat memory."""
    drive = DriveFactory(paper_text=consents.text())
    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            _on_sqlite(out, drive, Path(folder))
            return
        _import(_list(Path(folder), 2_000, start=8_000_000), drive)  # the first one warms everything up
        _settle()
        bare = _copied(_list(Path(folder), LARGE, start=LARGE), drive)
        _settle()
        _in_flat_memory(out, drive, Path(folder), bare)


def _settle() -> None:
    """Let the server do now what it would do in the middle of what is measured next."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
    connection.close()


def _on_sqlite(out: Out, drive: Drive, folder: Path) -> None:
    _import(_list(folder, 500, start=8_000_000), drive)
    taken = _import(_list(folder, SMALL), drive)
    out.figure(f"{SMALL:,} volunteers on SQLite", SMALL / taken, "a second", at_least=300)


def _in_flat_memory(out: Out, drive: Drive, folder: Path, bare: float) -> None:
    speed, memory = _in_a_process_of_its_own(_list(folder, LARGE), drive)
    out.figure(f"COPY of {LARGE:,} volunteers with live crypto", bare, "a second")
    out.figure(f"a sheet of {LARGE:,}, end to end", speed, "a second")
    out.figure("a sheet ÷ COPY of the same rows", speed / bare, "×", at_least=0.40)
    out.figure(f"most memory of a sheet of {LARGE:,}", memory, "MB")
    if HUGE:
        more, most = _in_a_process_of_its_own(_list(folder, HUGE, start=10 * LARGE), drive)
        out.figure(f"a sheet of {HUGE:,}, end to end", more, "a second")
        out.figure(f"most memory of a sheet of {HUGE:,}", most, "MB")
        out.figure(f"most memory, {HUGE:,} ÷ {LARGE:,}", most / memory, "×", at_most=1.3)


def _import(path: Path, drive: Drive) -> float:
    start = time.perf_counter()
    report = import_rows(path, drive, by=command_actor(), at=timezone.now()).report
    if report.rejected or not report.imported:
        raise AssertionError(report.as_json())
    return time.perf_counter() - start


def _in_a_process_of_its_own(path: Path, drive: Drive) -> tuple[float, float]:
    """Import a list where nothing else was done before; return volunteers a second and peak megabytes."""
    code = (
        "import os, resource, sys, time; import django; django.setup();"
        "from django.conf import settings; settings.KEYRING = os.environ['BENCH_KEYRING'];"
        "from tests.benchmarks import bench_sheets as bench;"
        "from registry.drives.models import Drive; from pathlib import Path;"
        "drive = Drive.objects.select_related('branch', 'paper_text').get(pk=sys.argv[2]);"
        "taken = bench._import(Path(sys.argv[1]), drive);"
        "both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN);"  # of the largest process
        "print(taken, max(resource.getrusage(who).ru_maxrss for who in both) / 1024)"
    )
    environment = {**os.environ, "BENCH_KEYRING": settings.KEYRING}
    command = [sys.executable, "-c", code, str(path), str(drive.pk)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    taken, megabytes = map(float, done.stdout.split())
    with path.open("rb") as file:
        count = sum(1 for _ in file) - 1
    return count / taken, megabytes


def _list(folder: Path, count: int, *, start: int = 0) -> Path:
    """Write a list of people who can all be taken, as a table in text."""
    path = folder / f"list-{start}-{count}.csv"
    with path.open("wb") as file:
        for line in files.write_csv(_lines(count, start)):
            file.write(line)
    return path


def _lines(count: int, start: int) -> Iterator[list[str]]:
    yield list(lists.HEADERS)
    for number in range(start, start + count):
        born = FIRST_DAY + timedelta(days=number % DAYS)
        place, order = divmod(number // DAYS, 500)
        document = lists.numbered(f"{330100 + place:06d}{born:%Y%m%d}{order * 2 + 1:03d}")
        name = (
            "赵钱孙李周吴郑王冯陈"[number % 10]
            + "明芳伟娜磊静涛"[number // 10 % 7]
            + "华军丽"[number // 70 % 3]
        )
        yield [
            name, "男", "汉族", "居民身份证", document, born.isoformat(), f"13{number:09d}", "张建国", "父亲",
            f"15{number:09d}", "刘梅", "朋友", f"18{number:09d}", "本科", "绍兴文理学院",
            f"浙江省绍兴市越城区示例路{number % 999}号", "AB", "65", "2026-04-02", f"ZJ{number:011d}", "",
        ]  # fmt: skip


_OF_BYTES, _NONE = r"\\x", r"\N"  # in the text format of COPY


# --- the bound: the same rows, sealed anew and copied, with nothing else around it


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table as they are copied, and in which places sealed cells stand."""

    model: type[models.Model]
    values: list[list[Any]]
    sealed: tuple[int, ...]


def _copied(path: Path, drive: Drive) -> float:
    """Return volunteers a second of COPY with live crypto: each seal, wrap and index is worked out anew."""
    count, taken, started = 0, 0.0, time.perf_counter
    with transaction.atomic():
        for tables in _prepared(path, drive):
            start = started()
            for table in tables:
                _copy(table)
            taken += started() - start
            count += len(tables[0].values)
        start = started()  # the references are checked when the transaction ends
    return count / (taken + started() - start)


def _prepared(path: Path, drive: Drive) -> Iterator[list[Table]]:
    taking = preparing.taking_of(path, drive, by=command_actor(), at=timezone.now())
    layout, below = find_header(files.read(path))
    judging = Judging(reader(layout, today=timezone.localdate(taking.at)), taking, seals=True)
    for piece in pieces(below):
        yield _tables(preparing.unpacked(judging.prepare(Piece(piece, ahead=True)).sealed))


def _tables(piece: list[Volunteer]) -> list[Table]:
    tubes = [one.tube for one in piece if one.tube is not None]
    steps = [step for one in piece for step in (*one.donor.steps, *one.paper.steps)]
    steps += [tube.step for tube in tubes]
    with transaction.atomic():
        subjects = list(indexes.settled(Subject, [one.person.subject for one in piece]))
        donors = list(indexes.settled(Donor, [one.donor.donor for one in piece]))
    return [
        _table(DataKey, [one.person.key for one in piece]),
        _table(Subject, subjects),
        _table(Donor, donors),
        _table(Contact, [contact for one in piece for contact in one.donor.contacts]),
        _table(Sample, [tube.sample for tube in tubes]),
        _table(Evidence, [one.paper.evidence for one in piece]),
        _table(Consent, [consent for one in piece for consent in one.paper.consents]),
        _table(Step, steps),
        _table(SheetEntry, [one.entry for one in piece]),
        _table(TrailRow, [one.line for one in piece]),
    ]


def _table(model: type[models.Model], found: list[Any]) -> Table:
    values = [_values(one) for one in found]
    names = [field.attname for field in model._meta.concrete_fields]
    sealed = tuple(names.index(field.attname) for field in sealed_fields(model))
    writers = rows._writers(model, connection)
    return Table(model, [list(rows._written(tuple(one), writers)) for one in values], sealed)


def _values(row: Any) -> list[Any]:
    """Return the values of a row, one that was cut for COPY too: the bound writes each value again."""
    if isinstance(row, bytes):
        return [_value(cell) for cell in row.decode().rstrip("\n").split("\t")]
    return list(row if isinstance(row, tuple) else rows.values_of(row))


def _value(cell: str) -> str | bytes | None:
    if cell.startswith(_OF_BYTES):
        return bytes.fromhex(cell.removeprefix(_OF_BYTES))
    return None if cell == _NONE else cell


def _copy(table: Table) -> None:
    key = AESGCM(os.urandom(32))
    columns = ", ".join(
        connection.ops.quote_name(field.column) for field in table.model._meta.concrete_fields
    )
    statement = f"COPY {table.model._meta.db_table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for line in table.values:
            if table.model is DataKey:
                key.encrypt(os.urandom(NONCE_BYTES), os.urandom(32), b"wrap" * 20)
            if table.model is Subject:
                for _ in range(INDEXES):
                    hmac.new(b"k" * 32, b"RESIDENT_ID|330602199001011234", hashlib.sha256).hexdigest()
            for place in table.sealed:
                if line[place] is not None:
                    line[place] = _sealed_anew(line[place])
            copy.write_row(line)


def _sealed_anew(blob: bytes) -> bytes:
    """Seal as many bytes as a cell holds, under a key of its own and a fresh nonce, bound to its place."""
    nonce, head = os.urandom(NONCE_BYTES), blob[:HEADER_BYTES]
    plain = blob[HEADER_BYTES + NONCE_BYTES + TAG_BYTES :]
    return head + nonce + AESGCM(blob[:32]).encrypt(nonce, plain, head * 5)
