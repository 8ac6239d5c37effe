"""Open the cells of rows: what the cells of one row have in common is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import models

from foundation.vault import keys, suites
from foundation.vault.fields import SealedModel, sealed_fields
from foundation.vault.sealing import BROKEN, ERASED, Broken, Erased, Header, Sealed, frame

Plain = str | bytes | Erased | Broken | None
Column = tuple[str, str, bool]  # of a cell: its name on the row, its column, whether it holds bytes
_NOT_YET: Final = object()


def open_rows(
    rows: Sequence[Any], fields: Sequence[str], *, model: type[models.Model] | None = None
) -> list[dict[str, Plain]]:
    """
    Open cells of rows, with all their keys in one query.

    :param model: whose rows these are, where they are not models but have ``pk``, ``seal_version``
        and the cells of one.
    :returns: for each row, in order: text, bytes (binary columns), ``Erased``,
        ``Broken``, or None where the cell is empty.
    """
    if not rows:
        return []
    of: Any = model or type(rows[0])
    columns, table = _columns(of, tuple(fields)), of._meta.db_table
    cells = [[getattr(row, name) for name in fields] for row in rows]
    headers = [_headers(row) for row in cells]
    secrets = keys.secrets_of({header.key_id for row in headers for header in row if header})
    return [
        _opened(row, zip(columns, mine, heads, strict=True), table, secrets)
        for row, mine, heads in zip(rows, cells, headers, strict=True)
    ]


def open_one(row: SealedModel, *fields: str) -> dict[str, Plain]:
    """Open cells of one row. Without names: all its sealed cells."""
    names = fields or tuple(f.attname for f in sealed_fields(type(row)))
    return open_rows([row], names)[0]


@lru_cache(maxsize=256)
def _columns(model: type[models.Model], fields: tuple[str, ...]) -> tuple[Column, ...]:
    found = {f.attname: (f.attname, str(f.column), f.binary) for f in sealed_fields(model)}
    return tuple(found[name] for name in fields)


def _headers(cells: Iterable[Sealed | None]) -> list[Header | None]:
    """Return what stands before each cell; the cells of a row have it in common as a rule."""
    found: list[Header | None] = []
    last, header = b"", None
    for cell in cells:
        if cell is None:
            found.append(None)
            continue
        if (head := cell.head) != last:
            last, header = head, Header.read(cell.blob)
        found.append(header)
    return found


def _opened(
    row: Any,
    cells: Iterable[tuple[Column, Sealed | None, Header | None]],
    table: str,
    secrets: Mapping[UUID, bytes | None],
) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    met: Header | object | None = _NOT_YET
    for (name, column, binary), cell, header in cells:
        if cell is None:
            found[name] = None
            continue
        if header is not met:
            met, door = header, _door(header, row, secrets)
            before, after = frame(header, table, str(row.pk), row.seal_version) if header else ("", "")
        if isinstance(door, Broken | Erased):
            found[name] = door
            continue
        try:
            raw = door(cell.sealed, f"{before}{column}{after}".encode())
        except suites.DoesNotOpen:
            found[name] = BROKEN
        else:
            found[name] = raw if binary else raw.decode(errors="replace")
    return found


def _door(
    header: Header | None, row: Any, secrets: Mapping[UUID, bytes | None]
) -> Callable[[bytes, bytes], bytes] | Broken | Erased:
    """Return what opens the cells under a header, or what they read as where nothing does."""
    if header is None:
        return BROKEN
    if header.key_id not in secrets:
        return ERASED
    secret = secrets[header.key_id]
    if secret is None or header.seal_version != row.seal_version:
        return BROKEN
    return suites.BY_NUMBER[header.suite].opener(secret)
