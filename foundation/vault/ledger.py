"""The ledger of withdrawals and erasures outside the database: what a restored backup must be told again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal

from foundation.vault.models import LedgerLine

Line = tuple[str, UUID, datetime]  # kind, subject, moment
KINDS = ("withdrawn", "erased", "reversed")
replayed = Signal()  # kind, subject, by, at: a line that this database may not know


class LedgerProblem(Exception):
    """The ledger cannot be read or written; the message says where."""


def write(kind: str, subject_id: UUID, *, at: datetime) -> None:
    """
    Note a line now, and write it outside when this transaction has committed.

    A line that could not be written waits; ``flush`` is tried again every minute.
    """
    if kind not in KINDS:
        message = f"{kind} is not a kind of the ledger"
        raise ValueError(message)
    LedgerLine.objects.get_or_create(kind=kind, subject_id=subject_id, at=at)  # a replayed line is there
    transaction.on_commit(flush, robust=True)


def flush() -> int:
    """Write the waiting lines, each once, and return how many there were."""
    with transaction.atomic():
        waiting = list(
            LedgerLine.objects.select_for_update().filter(written_at__isnull=True).order_by("pk")[:1000]
        )
        if waiting:
            _append([_text(line) for line in waiting])
            LedgerLine.objects.filter(pk__in=[line.pk for line in waiting]).update(written_at=waiting[-1].at)
    return len(waiting)


def lines() -> Iterator[Line]:
    """
    Read the ledger.

    :raises LedgerProblem: if a line is not one of ours; what follows it is not read.
    """
    path = _path()
    if not path.exists():
        return
    with path.open() as file:
        for number, text in enumerate(file, start=1):
            try:
                raw = json.loads(text)
                yield raw["kind"], UUID(raw["subject"]), datetime.fromisoformat(raw["at"])
            except (ValueError, KeyError, TypeError) as fault:
                message = f"Line {number} of the ledger is not readable."
                raise LedgerProblem(message) from fault


def unknown_here() -> list[Line]:
    """Return the lines this database has not noted: after a restore, those since the backup."""
    known = set(LedgerLine.objects.values_list("kind", "subject_id", "at"))
    return [line for line in lines() if line not in known]


def note(told: Line, *, at: datetime) -> None:
    """Note that a line of the ledger is known here, so that it is not written outside again."""
    kind, subject_id, when = told
    LedgerLine.objects.get_or_create(kind=kind, subject_id=subject_id, at=when, defaults={"written_at": at})


def _text(line: LedgerLine) -> str:
    return json.dumps({"kind": line.kind, "subject": str(line.subject_id), "at": line.at.isoformat()})


def _append(texts: list[str]) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write("".join(f"{text}\n" for text in texts))
        file.flush()
        os.fsync(file.fileno())


def _path() -> Path:
    kind, _, rest = str(settings.LEDGER_URL).partition(":")
    if kind != "file":
        message = "LEDGER_URL must begin with file:."
        raise LedgerProblem(message)
    return Path(rest.removeprefix("//"))
