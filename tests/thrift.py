"""What Django's tests do anew every time, done once: middlewares are put together, tables are emptied."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.signals import setting_changed
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate
from django.test.client import ClientHandler

from foundation.trail import triggers

STAYS = frozenset({"django_migrations", "django_content_type", "auth_permission"})  # they know no people
MUCH = 8 << 20  # bytes in which rows are no longer removed one by one
CHAIN = ("_view_middleware", "_template_response_middleware", "_exception_middleware", "_middleware_chain")
_chain: dict[str, Any] = {}
_tables: dict[str, list[str]] = {}


def load_once(self: ClientHandler, is_async: bool = False) -> None:  # noqa: FBT001, FBT002  as Django's
    """Take the middlewares another browser has put together, unless a setting changed since."""
    if not _chain:
        _load(self, is_async)
        _chain.update({name: getattr(self, name) for name in CHAIN})
    for name, made in _chain.items():
        setattr(self, name, made)


def _forget(**_: Any) -> None:
    _chain.clear()


_load = ClientHandler.load_middleware
ClientHandler.load_middleware = load_once  # type: ignore[method-assign]
setting_changed.connect(_forget, dispatch_uid="tests.thrift")


def empty(using: str) -> None:
    """Remove every row of every table, and bring back what a migration leaves there."""
    connection = connections[using]
    (_empty_postgresql if connection.vendor == "postgresql" else _empty_sqlite)(connection)
    foundation = apps.get_app_config("foundation")
    post_migrate.send(
        sender=foundation, app_config=foundation, verbosity=0, interactive=False, using=using,
        plan=[], apps=apps,
    )  # fmt: skip


def _empty_postgresql(connection: BaseDatabaseWrapper) -> None:
    """Without its triggers: those of the trail allow no removal, those of keys take time."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT relname, pg_relation_size(pg_class.oid) FROM pg_class "
            "JOIN pg_namespace ON pg_namespace.oid = relnamespace "
            "WHERE relkind = 'r' AND nspname = 'public' AND pg_relation_size(pg_class.oid) > 0"
        )
        written = {name: size for name, size in cursor.fetchall() if name not in STAYS}
        if sum(written.values()) > MUCH:
            cursor.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in written) + " CASCADE")
        elif written:
            cursor.execute(";".join(f'DELETE FROM "{name}"' for name in written))  # noqa: S608


def _empty_sqlite(connection: BaseDatabaseWrapper) -> None:
    if connection.alias not in _tables:
        there = connection.introspection.django_table_names(only_existing=True, include_views=False)
        _tables[connection.alias] = [name for name in there if name not in STAYS]
    triggers.drop(connection)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in _tables[connection.alias]:
            cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608
