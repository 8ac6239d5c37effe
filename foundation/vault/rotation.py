"""Change the master key while the program runs: a new epoch, keys re-wrapped, the old one destroyed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, models, transaction

from foundation import keyring, trail
from foundation.trail import Actor
from foundation.vault import keys
from foundation.vault.models import DataKey, Epoch

PIECE = 500  # keys re-wrapped in one transaction: others wait for it at the most some milliseconds


class CannotDestroy(Exception):
    """An epoch is still needed; the message says for what."""


@dataclass(frozen=True, slots=True)
class EpochStatus:
    """One epoch: how many keys are wrapped under it, and whether the keyring has its secret."""

    id: str
    created_at: datetime
    keys: int
    in_keyring: bool
    newest: bool
    backed_up_at: datetime | None


def status() -> list[EpochStatus]:
    """Count the keys of every epoch."""
    ring = keyring.current()
    newest = keys.newest_epoch().pk
    epochs = Epoch.objects.annotate(count=models.Count("keys")).order_by("created_at", "pk")
    return [
        EpochStatus(e.pk, e.created_at, e.count, e.pk in ring.masters, e.pk == newest, e.backed_up_at)
        for e in epochs
    ]


def begin(*, by: Actor, at: datetime) -> Epoch:
    """
    Open a new epoch: from now on new keys are wrapped under a new master key.

    The secret is stored first, so that no process meets an epoch it cannot use. A
    keyring that is kept outside must hold the new master key already.

    :raises keyring.KeyringReadOnly: if it does not.
    """
    ring = keyring.current()
    if _is_in_use(ring):
        ring = keyring.change(lambda now: now.with_new_master() if _is_in_use(now) else now)
    with transaction.atomic():
        epoch = Epoch.objects.create(id=ring.newest_master, created_at=at)
        trail.record("epoch.begun", by=by, at=at, object=epoch)
    return epoch


def rewrap(
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """
    Wrap every key of an older epoch under the newest one, and return how many.

    Each piece commits by itself: killed half-way, it goes on where it was. Readers
    and writers work on meanwhile; a key that somebody else re-wrapped is left.

    :raises keyring.KeyringWrong: if a key does not open with this keyring.
    """
    newest = keys.newest_epoch()
    older = DataKey.objects.exclude(epoch=newest).order_by("pk")
    total, done, after = older.count(), 0, None
    while not stop():
        rest = older.filter(pk__gt=after) if after else older  # never look again at what is done
        piece = list(rest.values_list("pk", "epoch_id", "suite", "wrapped")[:PIECE])
        if not piece:
            break
        _rewrap_piece(piece, newest.pk)
        done, after = done + len(piece), piece[-1][0]
        progress(done, max(total, done))
    return done


def note_backup(*, by: Actor, at: datetime) -> Epoch:
    """Record that a backup made under the newest epoch was restored and verified."""
    epoch = keys.newest_epoch()
    epoch.backed_up_at = at
    epoch.save(update_fields=["backed_up_at"])
    trail.record("epoch.backed_up", by=by, at=at, object=epoch)
    return epoch


def destroy(epoch_id: str, *, by: Actor, at: datetime) -> None:
    """
    Destroy an old epoch: its row first, which the database refuses while a key needs it, then the secret.

    :raises CannotDestroy: if it is the newest, a key is wrapped under it, no verified
        backup exists under the newest epoch, or ``BACKUP_RETENTION_DAYS`` are not over.
    :raises keyring.KeyringReadOnly: if the secret must be removed by hand; the row is gone.
    """
    ring = keyring.current()
    if Epoch.objects.filter(pk=epoch_id).exists() or epoch_id not in ring.masters:
        _destroy_row(epoch_id, by=by, at=at)
    keyring.change(  # also when an earlier attempt got only as far as the row
        lambda now: now.without_master(epoch_id)
    )


def _is_in_use(ring: keyring.Keyring) -> bool:
    return Epoch.objects.filter(pk=ring.newest_master).exists()


def _destroy_row(epoch_id: str, *, by: Actor, at: datetime) -> None:
    _check_destroyable(epoch_id, keys.newest_epoch(), at)
    try:
        with transaction.atomic():
            Epoch.objects.get(pk=epoch_id).delete()
            trail.record("epoch.destroyed", by=by, at=at, object=("foundation.epoch", epoch_id))
    except IntegrityError as fault:
        message = f"Keys are still wrapped under epoch {epoch_id}. Run keys rotate first."
        raise CannotDestroy(message) from fault


def _check_destroyable(epoch_id: str, newest: Epoch, at: datetime) -> None:
    if not Epoch.objects.filter(pk=epoch_id).exists():
        message = f"There is no epoch {epoch_id}."
        raise CannotDestroy(message)
    if epoch_id == newest.pk:
        message = "This is the newest epoch. Run keys rotate first."
        raise CannotDestroy(message)
    if newest.backed_up_at is None:
        message = (
            "No backup under the newest epoch was verified yet. Restore one, then run keys backup-verified."
        )
        raise CannotDestroy(message)
    free_from = newest.backed_up_at + timedelta(days=settings.BACKUP_RETENTION_DAYS)
    if at < free_from:
        message = f"Backups under the old epoch are kept until {free_from:%Y-%m-%d}."
        raise CannotDestroy(message)


def _rewrap_piece(piece: list[keys.WrappedKey], newest: str) -> None:
    fresh = keys.rewrapped(piece, newest)
    rows: list[tuple[Any, ...]] = [
        (wrapped, newest, _stored(key_id), epoch)
        for wrapped, (key_id, epoch, _, _) in zip(fresh, piece, strict=True)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE foundation_datakey SET wrapped = %s, epoch_id = %s WHERE id = %s AND epoch_id = %s", rows
        )


def _stored(key_id: UUID) -> object:
    return DataKey._meta.pk.get_db_prep_value(key_id, connection)
