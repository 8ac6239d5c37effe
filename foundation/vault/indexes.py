"""Blind indexes: find an equal value without reading it. One key per column.

While the index key changes a value has one index under the present key and one under the
next. Whoever asks, asks for each; whoever writes lets ``put`` or ``settle`` choose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Self

from django.db import connection, models
from django.db.models import Q

from foundation import keyring
from foundation.vault import keys, normal, suites
from foundation.vault.models import IndexTurn

# A bucket of names holds about eight people at a million rows: 2**17 buckets. A longer
# index would give the distribution of surnames away. Source: design/security.md section 1.
NAME_BITS = 17
NEXT = "_next"  # how the second column of an index is called


class Whole(str):
    """A full-length index under the oldest index key of the keyring; ``each`` has it under all of them."""

    under: Mapping[str, str]

    @classmethod
    def of(cls, column: str, value: str) -> Self:
        """Work it out; the value itself is not kept."""
        under = {key_id: mac.hex() for key_id, mac in _macs(column, value).items()}
        made = cls(next(iter(under.values())))
        made.under = under
        return made

    @property
    def each(self) -> list[str]:
        """The index under every key of the keyring: what a look-up asks for."""
        return list(self.under.values())


class Bucket(int):
    """A truncated index under the oldest index key of the keyring; ``each`` has it under all of them."""

    under: Mapping[str, int]

    @classmethod
    def of(cls, column: str, value: str) -> Self:
        """Work it out; the value itself is not kept."""
        macs = _macs(column, value)
        under = {key_id: int.from_bytes(mac[:4]) >> (32 - NAME_BITS) for key_id, mac in macs.items()}
        made = cls(next(iter(under.values())))
        made.under = under
        return made

    @property
    def each(self) -> list[int]:
        """The bucket under every key of the keyring: what a look-up asks for."""
        return list(self.under.values())


Blind = Whole | Bucket


def document(kind: str, number: str) -> Whole:
    """Return the full-length index of a document: its type and number. Unique per capacity."""
    return Whole.of("document", f"{kind}|{normal.document(kind, number)}")


def phone(number: str) -> Whole:
    """Return the full-length index of a telephone number. Never unique: families share one."""
    return Whole.of("phone", normal.phone(number))


def name(text: str) -> Bucket:
    """Return the bucket of a name, 0 to 131,071; compare after opening."""
    return Bucket.of("name", normal.name(text))


def initials(letters: str) -> Bucket:
    """Return the bucket of pinyin initials; ask only inside the reader's scope."""
    return Bucket.of("initials", normal.letters(letters))


def put(row: models.Model, **indexes: Blind | None) -> list[str]:
    """
    Write blind indexes into the columns of a row, under the keys in force; the row is changed in memory.

    :returns: the columns to save, within the same transaction.
    :raises TypeError: if a name is not an index of the row.
    :raises keyring.KeyringWrong: if this process lacks the index key in force.
    """
    if unknown := set(indexes) - set(columns_of(type(row))):
        message = f"{', '.join(sorted(unknown))}: not blind indexes of {type(row).__name__}."
        raise TypeError(message)
    for column, value in indexes.items():
        setattr(row, column, value)
        setattr(row, column + NEXT, None)
    if any(value is not None for value in indexes.values()):
        _settle(row, indexes, held())
    return [name for column in indexes for name in (column, column + NEXT)]


def settle(rows: Iterable[models.Model]) -> None:
    """
    Let the new indexes of rows stand under the keys in force, right before the rows are saved.

    A step of the change of keys waits until the transaction of the rows has ended.

    :raises keyring.KeyringWrong: if this process lacks the index key in force.
    """
    turn = held()
    for row in rows:
        _settle(row, columns_of(type(row)), turn)


def settled(model: type[models.Model], values: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Return the values of new rows with their indexes settled: what ``settle`` does to models."""
    turn, names = held(), [field.attname for field in model._meta.concrete_fields]
    places = [(names.index(column), names.index(column + NEXT)) for column in columns_of(model)]
    for row in values:
        cells = list(row)
        for first, second in places:
            if isinstance(cells[first], Whole | Bucket):
                cells[first], cells[second] = _under(turn, cells[first])
        yield tuple(cells)


def same_as(row: models.Model, column: str) -> Q:
    """Return the condition that another row has the same value as this one, whichever key it stands under."""
    return among(column, both(row, column))


def both(row: models.Model, column: str) -> set[Any]:
    """Return what stands in the two columns of an index; two rows of one value have one of it in common."""
    return {value for value in (getattr(row, column), getattr(row, column + NEXT)) if value is not None}


def among(column: str, indexes: Iterable[Any]) -> Q:
    """Return the condition that one of these indexes, read from rows, stands in either column."""
    asked = list(indexes)
    return Q(**{f"{column}__in": asked}) | Q(**{f"{column}{NEXT}__in": asked})


def under(key_id: str, value: Blind) -> Any:
    """
    Return an index under one key.

    :raises keyring.KeyringWrong: if the keyring lacked the key when the index was made.
    """
    try:
        return value.under[key_id]
    except KeyError as fault:
        message = f"The keyring lacks index key {key_id}, or it changed meanwhile. See manage.py keys status."
        raise keyring.KeyringWrong(message) from fault


@lru_cache(maxsize=64)
def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """Return the blind indexes of a model: its columns that have a second one."""
    names = {field.attname for field in model._meta.concrete_fields}
    return tuple(sorted(name for name in names if name + NEXT in names))


def held() -> IndexTurn:
    """
    Return under which keys indexes stand, held so until the transaction ends.

    :raises keyring.KeyringMissing: if the database does not know it.
    """
    # SQLite has one writer at a time: nobody can make the next step meanwhile.
    shared = " FOR SHARE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT now, next, filled_at FROM foundation_indexturn{shared}")  # noqa: S608 no value
        found = cursor.fetchone()
    if found is None:
        message = "The database does not know its index key yet. Run: manage.py migrate."
        raise keyring.KeyringMissing(message)
    return IndexTurn(now=found[0], next=found[1], filled_at=found[2])


def _settle(row: models.Model, columns: Iterable[str], turn: IndexTurn) -> None:
    for column in columns:
        value = getattr(row, column)
        if isinstance(value, Whole | Bucket):
            first, second = _under(turn, value)
            setattr(row, column, first)
            setattr(row, column + NEXT, second)


def _under(turn: IndexTurn, value: Blind) -> tuple[Any, Any]:
    """Return what stands in the first and the second column."""
    if turn.filled_at is not None:
        return under(turn.next, value), under(turn.next, value)
    return under(turn.now, value), value.under.get(turn.next) if turn.next else None


def _macs(column: str, value: str) -> dict[str, bytes]:
    cipher, written = keys.suite(), value.encode()
    return {
        key_id: cipher.mac(_column_key(secret, column), written)
        for key_id, secret in keyring.current().indexes.items()
    }


@lru_cache(maxsize=32)
def _column_key(secret: bytes, column: str) -> bytes:
    return suites.derive(secret, f"blind-index|{column}")
