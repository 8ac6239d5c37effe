"""Data keys: made under the newest epoch, unwrapped for use, re-wrapped for rotation."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from foundation import keyring, rows
from foundation.ids import uuid7
from foundation.vault import suites
from foundation.vault.models import DataKey, Epoch


@dataclass(frozen=True, slots=True, repr=False)
class OpenKey:
    """A key unwrapped once to seal several rows under it. Its secret stays in memory, and not for long."""

    pk: UUID
    secret: bytes


WrappedKey = tuple[UUID, str, int, bytes | memoryview]  # id, epoch, number of the suite, wrapped
_at_hand: ContextVar[Mapping[UUID, WrappedKey]] = ContextVar("keys at hand", default=MappingProxyType({}))
DOES_NOT_OPEN = "A data key does not open with this keyring. Check manage.py keys status."


def suite() -> suites.Suite:
    """Return the suite that new values are sealed with: the setting ``CIPHER_SUITE``."""
    return suites.BY_NAME[settings.CIPHER_SUITE]


def new_key(*, label: str | None = None) -> DataKey:
    """Return a new data key, saved, under the newest epoch."""
    key = _made(newest_epoch(), label)
    key.save(force_insert=True)
    return key


def new_keys(count: int) -> list[DataKey]:
    """Return new data keys, saved in one insert."""
    epoch = newest_epoch()
    return DataKey.objects.bulk_create([_made(epoch, None) for _ in range(count)], batch_size=1000)


def unsaved_keys(count: int, epoch: Epoch | None = None) -> list[DataKey]:
    """Return new data keys that the caller inserts, so that what came to nothing leaves no key behind."""
    epoch = epoch or newest_epoch()
    return [_made(epoch, None) for _ in range(count)]


def own_key(label: str) -> DataKey:
    """Return the program's own key for one use, made when first asked for."""
    key = DataKey.objects.filter(label=label).first()
    if key is not None:
        return key
    try:
        with transaction.atomic():
            return new_key(label=label)
    except IntegrityError:  # another process was first
        return DataKey.objects.get(label=label)


def newest_epoch() -> Epoch:
    """
    Return the epoch new keys are wrapped under.

    :raises keyring.KeyringMissing: if the database knows no epoch.
    """
    epoch = Epoch.objects.order_by("-created_at", "-id").first()
    if epoch is None:
        message = "The database knows no master key yet. Run: manage.py migrate."
        raise keyring.KeyringMissing(message)
    return epoch


def first_epoch(*, at: datetime) -> None:
    """Record the newest master key as the first epoch, in a database that has none."""
    if not Epoch.objects.exists():
        Epoch.objects.create(id=keyring.current().newest_master, created_at=at)


def secrets_of(key_ids: Iterable[UUID]) -> dict[UUID, bytes | None]:
    """
    Unwrap keys in one query. A key that is gone is missing from the answer.

    A key that does not unwrap, because its wrapping was altered or its master key is
    not in the keyring, is None: its values are Broken.
    """
    ring = keyring.current()
    wanted, here = set(key_ids), _at_hand.get()
    found: list[WrappedKey] = [here[key_id] for key_id in wanted & here.keys()]
    if further := wanted - here.keys():
        keys = DataKey.objects.filter(pk__in=further)
        found += keys.values_list("pk", "epoch_id", "suite", "wrapped")
    return {
        pk: _unwrapped(ring, pk, epoch, suite_number, wrapped) for pk, epoch, suite_number, wrapped in found
    }


@contextmanager
def at_hand(*known: DataKey | None) -> Iterator[None]:
    """
    Open what lies under keys without asking for them again.

    For a key that was read under its person's lock, in the transaction that opens with it: nobody
    destroys it meanwhile. For a list, the keys are those of the moment it was begun.
    """
    more = {key.pk: (key.pk, key.epoch_id, key.suite, key.wrapped) for key in known if key is not None}
    before = _at_hand.set({**_at_hand.get(), **more})
    try:
        yield
    finally:
        _at_hand.reset(before)


def opened(key: DataKey) -> OpenKey:
    """
    Unwrap a key under which several rows are sealed.

    :raises keyring.KeyringWrong: if it does not unwrap.
    """
    return OpenKey(key.pk, secret_of(key))


def secret_of(key: DataKey | OpenKey) -> bytes:
    """
    Unwrap one key for writing.

    :raises keyring.KeyringWrong: if it does not unwrap: nothing may be sealed under it.
    """
    if isinstance(key, OpenKey):
        return key.secret
    secret = _unwrapped(keyring.current(), key.pk, key.epoch_id, key.suite, key.wrapped)
    if secret is None:
        raise keyring.KeyringWrong(DOES_NOT_OPEN)
    return secret


def wrap(secret: bytes, key_id: UUID, epoch_id: str, cipher: suites.Suite) -> bytes:
    """Return a secret wrapped under an epoch, bound to its own id and suite."""
    return cipher.seal(_master(epoch_id), secret, _bound_to(key_id, epoch_id, cipher.number))


def rewrapped(rows: Iterable[WrappedKey], epoch_id: str) -> Iterator[bytes]:
    """
    Yield keys wrapped anew under an epoch; what they wrap does not change.

    :raises keyring.KeyringWrong: if a key does not open with this keyring.
    """
    ring, master = keyring.current(), _master(epoch_id)
    for key_id, old_epoch, number, wrapped in rows:
        secret = _unwrapped(ring, key_id, old_epoch, number, wrapped)
        if secret is None:
            raise keyring.KeyringWrong(DOES_NOT_OPEN)
        yield suites.BY_NUMBER[number].seal(master, secret, _bound_to(key_id, epoch_id, number))


def _made(epoch: Epoch, label: str | None) -> DataKey:
    cipher, key_id = suite(), uuid7()
    wrapped = wrap(os.urandom(suites.SECRET_BYTES), key_id, epoch.pk, cipher)
    return rows.new(DataKey, id=key_id, epoch=epoch, suite=cipher.number, wrapped=wrapped, label=label)


def _master(epoch_id: str) -> bytes:
    masters = keyring.current().masters
    if epoch_id not in masters:
        message = "The keyring lacks the newest master key. Give this process the keyring of today."
        raise keyring.KeyringWrong(message)
    return masters[epoch_id]


def _unwrapped(
    ring: keyring.Keyring, key_id: UUID, epoch_id: str, number: int, wrapped: bytes | memoryview
) -> bytes | None:
    master = ring.masters.get(epoch_id)
    cipher = suites.BY_NUMBER.get(number)
    if master is None or cipher is None:
        return None
    try:
        return cipher.open(master, bytes(wrapped), _bound_to(key_id, epoch_id, number))
    except suites.DoesNotOpen:
        return None


def _bound_to(key_id: UUID, epoch_id: str, suite_number: int) -> bytes:
    return f"wrap\0{suite_number}\0{key_id}\0{epoch_id}".encode()
