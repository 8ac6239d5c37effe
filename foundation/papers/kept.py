"""
Files that somebody hands in: sealed under a key of their own until they are dealt with, then destroyed.

A room keeps them in a model of its own, with the columns ``key``, ``name``, ``content``, ``size_bytes``
and ``sha256``, and further sealed ones for what came of a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation import trail, vault
from foundation.trail import Actor
from foundation.vault import DataKey, SealedField, SealedModel

MEBIBYTE: Final = 1 << 20
_LONGEST_NAME: Final = 200
_File = TypeVar("_File", bound=SealedModel)


class TooLarge(ValueError):
    """A file is larger than is taken in one piece."""

    @property
    def sentences(self) -> list[str]:
        """Say how large it may be."""
        return [
            str(_("The file is larger than %(most)s MB. Divide it.") % {"most": settings.UPLOAD_LARGEST_MB})
        ]


class Gone(ValueError):
    """The file was thrown away before the work began."""

    @property
    def sentences(self) -> list[str]:
        """Say what to do."""
        return [str(_("The file is no longer kept. Hand it in again."))]


def check_size(size_bytes: int) -> None:
    """
    Let a file pass that is read in one piece.

    :raises TooLarge: beyond ``UPLOAD_LARGEST_MB``.
    """
    if size_bytes > settings.UPLOAD_LARGEST_MB * MEBIBYTE:
        raise TooLarge


def keep(file: Any, content: bytes, *, name: str) -> None:
    """Save a row that was never saved, with a file that was handed in under a key made for it."""
    file.key = vault.new_key()
    file.size_bytes, file.sha256 = len(content), hashlib.sha256(content).hexdigest()
    vault.seal(file, key=file.key, content=content, name=name[:_LONGEST_NAME])
    file.save(force_insert=True)


def opened(files: QuerySet[_File], pk: Any) -> tuple[_File, bytes, str]:
    """
    Return the row of a file, its content, and the name it was handed in under.

    :raises Gone: if it was thrown away, or is dealt with.
    """
    file = files.filter(pk=pk, key__isnull=False).first()
    found = vault.open_one(file, "content", "name") if file is not None else {}
    content, name = found.get("content"), found.get("name")
    if file is None or not isinstance(content, bytes):
        raise Gone
    return file, content, name if isinstance(name, str) else ""


@transaction.atomic
def end(file: Any, *, at: datetime, **sealed: str | bytes | None) -> None:
    """Write what came of a file beside it, sealed, unless it was thrown away meanwhile."""
    held = type(file).objects.select_for_update(of=("self",)).get(pk=file.pk)
    if held.key_id is None:
        return
    changed = vault.seal(held, key=held.key_id, **sealed)
    held.ended_at = at
    held.save(update_fields=[*changed, "ended_at"])


def destroy(files: Sequence[Any], **facts: Any) -> None:
    """Destroy what is kept of some rows of one model with their keys; ``facts`` are further columns."""
    if not files:
        return
    model, keys = type(files[0]), [file.key_id for file in files if file.key_id]
    sealed = [field.name for field in model._meta.fields if isinstance(field, SealedField)]
    rows = model.objects.filter(pk__in=[file.pk for file in files])
    rows.update(key=None, **dict.fromkeys(sealed), **facts)
    DataKey.objects.filter(pk__in=keys).delete()


@transaction.atomic
def throw_away(files: QuerySet[Any], *, verb: str, by: Actor, at: datetime) -> int:
    """Destroy files with their keys: nothing of the people in them is left. Returns how many."""
    held = list(files.select_for_update(of=("self",)).filter(key__isnull=False))
    destroy(held)
    if held:
        trail.record(verb, by=by, at=at, files=len(held))
    return len(held)
