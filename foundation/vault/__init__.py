"""Subjects and their keys, sealed fields, indexes, erasure."""

from foundation.vault import indexes as index
from foundation.vault.fields import SealedField, SealedModel
from foundation.vault.keys import OpenKey, at_hand, new_key, new_keys, opened
from foundation.vault.models import Capacity, DataKey, Epoch, Subject
from foundation.vault.opening import open_one
from foundation.vault.opening import open_rows as open  # noqa: A004 - vault.open(rows, fields)
from foundation.vault.sealing import Broken, Erased, Sealed
from foundation.vault.signals import died_reported, erased
from foundation.vault.subjects import (
    AlreadyThere,
    create_subject,
    erase,
    lift_death_report,
    lock,
    lock_if_free,
    locking,
    report_dead,
)
from foundation.vault.writing import seal

__all__ = [
    "AlreadyThere",
    "Broken",
    "Capacity",
    "DataKey",
    "Epoch",
    "Erased",
    "OpenKey",
    "Sealed",
    "SealedField",
    "SealedModel",
    "Subject",
    "at_hand",
    "create_subject",
    "died_reported",
    "erase",
    "erased",
    "index",
    "lift_death_report",
    "lock",
    "lock_if_free",
    "locking",
    "new_key",
    "new_keys",
    "open",
    "open_one",
    "opened",
    "report_dead",
    "seal",
]
