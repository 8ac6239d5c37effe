"""Whether anything was changed: what stands in the tables, asked for only where something was written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from hashlib import sha256

from django.apps import apps
from django.db import connection

OFTEN_WRITTEN = frozenset(
    {
        "foundation.trailrow",  # a look at a person is written down
        "sessions.session",  # the last look at the clock
    }
)
READS = re.compile(r"\s*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA)\b")
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


def digest(only: Collection[str] | None = None) -> dict[str, str]:
    """Return the state of every table but those that every look writes to; or of some tables alone."""
    tables = _tables() if only is None else _tables() & set(only)
    return {table: _state(table) for table in sorted(tables)}


def _state(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
        return sha256(repr(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest()


def is_as_it_was(before: Mapping[str, str], sent: Iterable[str]) -> bool:
    """Return whether the state is the one before these statements; most wrong input writes nothing at all."""
    others = [sql for sql in sent if not READS.match(sql)]
    written = [found[1] for sql in others if (found := WRITES.match(sql))]
    if len(written) < len(others):  # whatever that was, it may have reached any table
        return digest() == before
    now = digest(written)
    return now == {table: before[table] for table in now}


@cache
def _tables() -> frozenset[str]:
    often = {apps.get_model(label)._meta.db_table for label in OFTEN_WRITTEN}
    return frozenset(model._meta.db_table for model in apps.get_models()) - often
