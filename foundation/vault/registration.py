"""See to the first key when the tables are made."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils import timezone

from foundation import keyring
from foundation.vault import keys
from foundation.vault.models import Epoch, IndexTurn


def register() -> None:
    """Listen to migrations."""
    post_migrate.connect(first_keys, dispatch_uid="vault.first_keys")


def first_keys(sender: AppConfig, using: str, **_more: object) -> None:
    """
    Record the first epoch and index key; the embedded home makes its keyring, production brings its own.

    A database that knows an epoch never gets a new keyring by itself: its data would
    stay shut for ever, and nobody would have said so.
    """
    there = connections[using].introspection.table_names()
    if sender.label != "foundation" or Epoch._meta.db_table not in there:
        return
    if not Epoch.objects.exists():
        _first_epoch()
    if IndexTurn._meta.db_table in there and not IndexTurn.objects.exists():
        IndexTurn.objects.create(now=keyring.current().newest_index)


def _first_epoch() -> None:
    kind, _, path = str(settings.KEYRING).partition(":")
    if not settings.PRODUCTION and kind == "file" and not Path(path).exists():
        keyring.create(Path(path))
    keys.first_epoch(at=timezone.now())
