"""
Know a backup put back: an epoch in the database against a mark outside; hold everything when they part.

The number in the database grows first, and the mark follows; so a mark that is ahead of the
database was written by a database that is gone. The mark stands beside the trail's anchor.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from foundation import trail
from foundation.trail import Actor
from foundation.vault import ledger
from notifications.outbox import restored
from notifications.outbox.models import OutboxEpoch

log = structlog.get_logger(__name__)
REWOUND: Final = "rewound"  # the mark is ahead: an older copy of the database was put back
UNMARKED: Final = "unmarked"  # the mark is missing, or of another database
OPERATOR: Final = "operator"
KEEP_UP_EVERY: Final = 5.0  # seconds: so long a process goes by what it saw of the mark
MARGIN: Final = timedelta(minutes=5)  # after the mark was last moved, in which more may have been sent
_kept_up: dict[str, float] = {}


class EpochProblem(Exception):
    """The mark cannot be read or written, or something must be done before; the message says what."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands outside: which database it was, how far it had come, and when."""

    database: UUID
    number: int
    at: str


def is_held() -> bool:
    """Return whether nothing may be sent until a person releases it."""
    return OutboxEpoch.objects.filter(held_at__isnull=False).exists()


def keep_up(*, at: datetime) -> bool:
    """
    Let epoch and mark grow before something is sent, and return whether everything is held.

    A process that did so seconds ago goes by that, and asks the database alone, when it begins to send.
    A copy of the database that is younger than those seconds is not told apart.
    """
    if time.monotonic() - _kept_up.get("at", -KEEP_UP_EVERY) < KEEP_UP_EVERY:
        return False
    held = advance(at=at)
    _kept_up["at"] = time.monotonic()
    return held


def look(*, at: datetime) -> bool:
    """Compare epoch and mark, hold everything where they part, and return whether it is held."""
    mark = read()  # before the database is read: that one is ahead, never behind
    epoch = OutboxEpoch.objects.first()
    if epoch is None:
        epoch = _first(mark, at=at)
        mark = read()
    if epoch.held_at is None and _parted(epoch, mark) and (why := _parted_for_good()):
        _hold(why, at=at)
        return True
    return epoch.held_at is not None


def is_restored(*, at: datetime) -> bool:
    """
    Look whether a backup was put back, and nobody released it: what it shows may be over long ago.

    Where the mark cannot be read, what the database was last found to be. A backup of a database that its
    operator held is one too.
    """
    try:
        return is_behind(at=at)
    except EpochProblem as fault:
        log.error("outbox.mark_unread", fault=type(fault).__name__)
    return was_restored()


def was_restored() -> bool:
    """Return whether this database was found to be a backup that was put back; writes nothing."""
    return OutboxEpoch.objects.filter(held_why__in=[REWOUND, UNMARKED]).exists()


def is_behind(*, at: datetime) -> bool:
    """Return whether all is held, and a database that is gone may have sent more than this one knows."""
    if not look(at=at):
        return False
    held = OutboxEpoch.objects.filter(held_at__isnull=False).first()
    return held is not None and _lost_at(held, read(), at=at) is not None


def advance(*, at: datetime) -> bool:
    """Let epoch and mark grow by one: a backup of before is behind from now on. Held, they stand still."""
    if look(at=at):
        return True
    with _alone():
        if OutboxEpoch.objects.filter(held_at__isnull=True).update(number=F("number") + 1, moved_at=at):
            _write(OutboxEpoch.objects.get())
    return False


@transaction.atomic
def hold_everything(*, by: Actor, at: datetime) -> None:
    """Send nothing more until a person releases it."""
    look(at=at)
    if _hold(OPERATOR, at=at):
        trail.record("outbox.held", by=by, at=at, reason=OPERATOR)


def release_everything(*, by: Actor, at: datetime) -> int:
    """
    Let messages go again; what the lost time may have sent, or let people do, is left to a person.

    :returns: how many are left to a person.
    :raises EpochProblem: if the ledger has lines that this database does not know: apply them first.
    """
    if unknown := len(ledger.unknown_here()):
        message = f"The ledger has {unknown} lines that are not applied here: run `ledger apply` first."
        raise EpochProblem(message)
    mark = read()
    before = OutboxEpoch.objects.filter(held_at__isnull=False).first()
    if before is None:
        return 0
    lost_at, left = _lost_at(before, mark, at=at), 0
    if lost_at is not None:
        left = restored.hold_touchpoints(lost_at, by=by, at=at)
        restored.queue_again(lost_at, at=at)
    with _alone(), transaction.atomic():
        epoch = OutboxEpoch.objects.select_for_update().filter(held_at__isnull=False).first()
        if epoch is None:
            return 0
        left += 0 if lost_at is None else restored.leave_to_a_person(lost_at, at=at)
        epoch.number = max(epoch.number, mark.number if mark else 0) + 1
        epoch.held_at, epoch.held_why, epoch.moved_at = None, "", at
        epoch.save()
        trail.record("outbox.released", by=by, at=at, left_to_a_person=left)
    _write(epoch)
    return left


def read() -> Mark | None:
    """
    Read the mark, or None where there is none.

    :raises EpochProblem: if it is not one of ours, or may not be read.
    """
    try:
        raw = json.loads(_path().read_text())
        return Mark(UUID(raw["database"]), int(raw["number"]), str(raw["at"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise EpochProblem("The mark of the outbox is not readable.") from fault


def _parted(epoch: OutboxEpoch, mark: Mark | None) -> str:
    if mark is None or mark.database != epoch.database:
        return UNMARKED
    return REWOUND if mark.number > epoch.number else ""


def _parted_for_good() -> str:
    """Look once more while nobody moves the mark: another process may be making both just now."""
    with _alone():
        mark = read()
        return _parted(OutboxEpoch.objects.get(), mark)


def _first(mark: Mark | None, *, at: datetime) -> OutboxEpoch:
    """Make the epoch. A mark that is there already was written by a database this one does not remember."""
    with _alone():
        epoch, made = OutboxEpoch.objects.get_or_create(pk=1, defaults={"moved_at": at})
        if made and mark is None:
            _write(epoch)
    return epoch


def _hold(why: str, *, at: datetime) -> bool:
    return bool(OutboxEpoch.objects.filter(held_at__isnull=True).update(held_at=at, held_why=why))


def _lost_at(epoch: OutboxEpoch, mark: Mark | None, *, at: datetime) -> datetime | None:
    """Return until when the database that is gone may have sent; None where none is gone."""
    if epoch.held_why == OPERATOR and not _parted(epoch, mark):
        return None
    return datetime.fromisoformat(mark.at) + MARGIN if mark else at


def _write(epoch: OutboxEpoch) -> None:
    """Put the mark down whole or not at all, where only a smaller one of the same database stands."""
    path, known = _path(), read()
    if known and known.database == epoch.database and known.number >= epoch.number:
        return
    line = {"database": str(epoch.database), "number": epoch.number, "at": epoch.moved_at.isoformat()}
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with beside.open("w") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as fault:
        message = f"The mark of the outbox could not be written: {fault.strerror}."
        raise EpochProblem(message) from fault


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time move the mark."""
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_WRONLY, 0o600)
    except OSError as fault:
        message = f"The mark of the outbox could not be written: {fault.strerror}."
        raise EpochProblem(message) from fault
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _path() -> Path:
    kind, _, rest = str(settings.ANCHOR_URL).partition(":")
    if kind != "file":
        raise EpochProblem("ANCHOR_URL must begin with file:.")
    anchor = Path(rest.removeprefix("//"))
    return anchor.with_name(f"{anchor.name}.outbox")
