"""Whether anything was changed: what stands in every table, asked for only where something was written."""

from __future__ import annotations

import re
from collections.abc import Iterable
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


def digest() -> str:
    """Return the state of every table but those that every look writes to."""
    state = sha256()
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.label_lower not in OFTEN_WRITTEN:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
                rows = sorted(map(repr, cursor.fetchall()))
                state.update(repr((model._meta.label, rows)).encode())
    return state.hexdigest()


def is_as_it_was(before: str, sent: Iterable[str]) -> bool:
    """Return whether the state is the one before these statements; most wrong input writes nothing at all."""
    often = {apps.get_model(label)._meta.db_table for label in OFTEN_WRITTEN}
    return all(_leaves_still(sql, often) for sql in sent) or digest() == before


def _leaves_still(sql: str, often: set[str]) -> bool:
    written = WRITES.match(sql)
    return written[1] in often if written else bool(READS.match(sql))
