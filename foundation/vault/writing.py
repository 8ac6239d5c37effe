"""Seal the cells of rows; with ``opening`` the only two ways between plaintext and the database."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from foundation.vault import keys
from foundation.vault.fields import SealedField, SealedModel, sealed_fields
from foundation.vault.keys import OpenKey
from foundation.vault.models import DataKey
from foundation.vault.sealing import Broken, Cell, Header, Sealed, frame, open_cell


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
    header = Header(cipher.number, data_key.pk, row.seal_version)
    head, (before, after) = header.write(), frame(header, row._meta.db_table, str(row.pk), row.seal_version)
    for name, value in plain.items():
        raw = value.encode() if isinstance(value, str) else value
        bound_to = f"{before}{columns[name].column}{after}".encode()
        setattr(row, name, Sealed(head + cipher.seal(secret, raw, bound_to)))
    return ["seal_version", *values, *kept]


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
