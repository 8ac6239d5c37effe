"""The database's own refusal to change or remove what the trail holds."""

from __future__ import annotations

from django.apps import AppConfig
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = ("foundation_trailrow", "foundation_trailleaf", "foundation_trailbatch")
_ACTS = ("UPDATE", "DELETE")


def create(connection: BaseDatabaseWrapper) -> None:
    """
    Make the append-only triggers of the trail anew.

    SQLite drops a table's triggers when it rebuilds the table, so this runs after
    every migration.
    """
    drop(connection)
    statements = _sqlite() if connection.vendor == "sqlite" else _postgresql()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers, for migrations and for the tests' flush only."""
    existing = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            if table not in existing:
                continue
            for act in (*_ACTS, "TRUNCATE"):
                name = _name(table, act)
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers that should be there and are not."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {row[0] for row in cursor.fetchall()}
    wanted = {_name(table, act) for table in APPEND_ONLY for act in _ACTS}
    return sorted(wanted - there)


def after_migrate(sender: AppConfig, using: str, **_: object) -> None:
    """Recreate the triggers when Django has migrated or flushed."""
    if sender.label != "foundation":
        return
    connection = connections[using]
    if set(APPEND_ONLY) <= set(connection.introspection.table_names()):
        create(connection)


def _name(table: str, act: str) -> str:
    return f"{table}_no_{act.lower()}"


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {_name(table, act)} BEFORE {act} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"
        for table in APPEND_ONLY
        for act in _ACTS
    ]


def _postgresql() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$"
    )
    rows = [
        f"CREATE TRIGGER {_name(table, act)} BEFORE {act} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION trail_is_append_only()"
        for table in APPEND_ONLY
        for act in _ACTS
    ]
    truncate = [
        f"CREATE TRIGGER {_name(table, 'TRUNCATE')} BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION trail_is_append_only()"
        for table in APPEND_ONLY
    ]
    return [function, *rows, *truncate]
