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

from foundation.vault.models import LedgerLine, Subject

KINDS = ("withdrawn", "erased", "reversed")
replayed = Signal()  # kind, subject, by, at: a line that this database may not know


def write(kind: str, subject_id: UUID, *, at: datetime) -> None:
    """
    Note a line now, and write it outside when this transaction has committed.

    A line that could not be written waits; ``flush`` is tried again every minute.
    """
    if kind not in KINDS:
        message = f"{kind} is not a kind of the ledger"
        raise ValueError(message)
    LedgerLine.objects.create(kind=kind, subject_id=subject_id, at=at)
    transaction.on_commit(flush, robust=True)


def flush() -> int:
    """Write the waiting lines, each once, and return how many there were."""
    with transaction.atomic():
        waiting = list(LedgerLine.objects.select_for_update().filter(written_at__isnull=True).order_by("pk")[:1000])
        if waiting:
            _append([_text(line) for line in waiting])
            LedgerLine.objects.filter(pk__in=[line.pk for line in waiting]).update(written_at=waiting[-1].at)
    return len(waiting)


def lines() -> Iterator[tuple[str, UUID, datetime]]:
    """Read the ledger: kind, subject id, moment."""
    path = _path()
    if not path.exists():
        return
    with path.open() as file:
        for text in file:
            raw = json.loads(text)
            yield raw["kind"], UUID(raw["subject"]), datetime.fromisoformat(raw["at"])


def unknown_here() -> list[tuple[str, UUID, datetime]]:
    """Return the lines this database has not noted: after a restore, those since the backup."""
    known = set(LedgerLine.objects.values_list("kind", "subject_id", "at"))
    return [line for line in lines() if line not in known]


def subjects_of(told: list[tuple[str, UUID, datetime]]) -> dict[UUID, Subject]:
    """Return the subjects the lines speak of that this database has."""
    return Subject.objects.in_bulk({subject_id for _, subject_id, _ in told})


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
        raise ValueError(message)
    return Path(rest)
