"""Seal and open the cells of rows: the only two ways between plaintext and the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from foundation.vault import keys
from foundation.vault.fields import SealedField, SealedModel, sealed_fields
from foundation.vault.keys import OpenKey
from foundation.vault.models import DataKey
from foundation.vault.sealing import BROKEN, ERASED, Broken, Cell, Erased, Sealed, open_cell, seal_cell

Plain = str | bytes | Erased | Broken | None


class CannotReseal(Exception):
    """A cell of the row is broken or erased, so the row cannot be sealed at a new version."""

    def __init__(self, message: str, *, erased: bool = False) -> None:
        super().__init__(message)
        self.erased = erased

    @property
    def sentences(self) -> list[str]:
        """Say it to who is at the page."""
        if self.erased:
            return [_("This person's data was erased. Nothing can be added to the record any more.")]
        return [_("A value of this record does not open, so nothing was changed. Tell your administrator.")]


def seal(
    row: SealedModel, *, key: DataKey | OpenKey | UUID | None = None, **values: str | bytes | None
) -> list[str]:
    """
    Seal these values, and every other sealed cell of the row, at the row's next version.

    Old ciphertexts of the row no longer open afterwards, wherever they are put. The
    row is changed in memory; save the fields that are returned.

    :param key: needed while the row has no sealed cell; later the row's own key is kept.
    :raises CannotReseal: if a cell that stays does not open.
    :raises TypeError: if a name is not a sealed column of the row.
    :raises keyring.KeyringWrong: if the key does not open.
    """
    columns = {f.attname: f for f in sealed_fields(type(row))}
    if unknown := set(values) - set(columns):
        message = f"{', '.join(sorted(unknown))}: not sealed columns of {type(row).__name__}."
        raise TypeError(message)
    kept = {name: getattr(row, name) for name in columns if name not in values}
    kept = {name: sealed for name, sealed in kept.items() if sealed is not None}
    data_key = _key_for(row, columns, key)
    secret = keys.secret_of(data_key)
    plain: dict[str, str | bytes] = {
        name: _kept(row, columns[name], sealed, secret) for name, sealed in kept.items()
    }
    plain |= {name: v for name, v in values.items() if v is not None}
    row.seal_version += 1
    for name in values:
        setattr(row, name, None)
    cipher = keys.suite()
    for name, value in plain.items():
        raw = value.encode() if isinstance(value, str) else value
        setattr(row, name, seal_cell(cipher, data_key.pk, secret, _cell(row, columns[name]), raw))
    return ["seal_version", *values, *kept]


def open_rows(rows: Sequence[SealedModel], fields: Sequence[str]) -> list[dict[str, Plain]]:
    """
    Open cells of rows, with all their keys in one query.

    :returns: for each row, in order: text, bytes (binary columns), ``Erased``,
        ``Broken``, or None where the cell is empty.
    """
    wanted = {s.key_id for row in rows for s in (getattr(row, f) for f in fields) if s is not None}
    secrets = keys.secrets_of([key_id for key_id in wanted if key_id is not None])
    return [{name: _opened(row, name, secrets) for name in fields} for row in rows]


def open_one(row: SealedModel, *fields: str) -> dict[str, Plain]:
    """Open cells of one row. Without names: all its sealed cells."""
    names = fields or tuple(f.attname for f in sealed_fields(type(row)))
    return open_rows([row], names)[0]


def _opened(row: SealedModel, name: str, secrets: dict[UUID, bytes | None]) -> Plain:
    sealed: Sealed | None = getattr(row, name)
    if sealed is None:
        return None
    key_id = sealed.key_id
    if key_id is None:
        return BROKEN
    if key_id not in secrets:
        return ERASED
    secret = secrets[key_id]
    if secret is None:
        return BROKEN
    field = next(f for f in sealed_fields(type(row)) if f.attname == name)
    raw = open_cell(sealed, secret, _cell(row, field))
    if isinstance(raw, Broken) or field.binary:
        return raw
    return raw.decode(errors="replace")


def _kept(row: SealedModel, field: SealedField, sealed: Sealed, secret: bytes) -> bytes:
    raw = open_cell(sealed, secret, _cell(row, field))
    if isinstance(raw, Broken):
        message = f"{field.attname} of {type(row).__name__} {row.pk} does not open."
        raise CannotReseal(message)
    return raw


def _key_for(
    row: SealedModel, columns: dict[str, SealedField], key: DataKey | OpenKey | UUID | None
) -> DataKey | OpenKey:
    if isinstance(key, DataKey | OpenKey):
        return key
    cells = [sealed for sealed in (getattr(row, name) for name in columns) if sealed is not None]
    key_id = next((own for own in (sealed.key_id for sealed in cells) if own), None) or key
    if key_id is None:
        message = f"{type(row).__name__} has no sealed cell yet: say under which key."
        raise TypeError(message)
    try:
        return DataKey.objects.get(pk=key_id)
    except DataKey.DoesNotExist as fault:
        message = f"The key of {type(row).__name__} {row.pk} was destroyed."
        raise CannotReseal(message, erased=True) from fault


def _cell(row: SealedModel, field: Any) -> Cell:
    return Cell(type(row)._meta.db_table, field.column, str(row.pk), row.seal_version)
