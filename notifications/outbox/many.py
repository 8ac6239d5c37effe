"""
Put one message for each of very many people into the outbox, in one statement of the database.

Who has one already is left out by the query; where somebody else is at it in the same moment, the
database decides row by row. Either way the same again adds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import IntegrityError, connections, models, router, transaction
from django.db.models import Exists, Expression, Func, OuterRef, QuerySet, Value
from django.db.models.functions import Cast

from notifications.outbox.models import Message

# A UUID of version 7 of its millisecond, as ``foundation.ids`` makes them. Source: RFC 9562 section 5.7
_ON_POSTGRESQL: Final = (
    "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing "
    "decode(%(expressions)s, 'hex') from 1 for 6), 52, 1), 53, 1), 'hex')::uuid"
)
_ON_SQLITE: Final = (
    "lower(%(expressions)s || '7' || substr(hex(randomblob(2)), 2) || "
    "substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || hex(randomblob(6)))"
)


class NewId(Func):
    """A new id, made by the database. It takes the millisecond, as twelve hexadecimal digits."""

    arity = 1
    output_field = models.UUIDField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return it as PostgreSQL makes it."""
        return self.as_sql(compiler, connection, template=_ON_POSTGRESQL, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return it as SQLite makes it."""
        return self.as_sql(compiler, connection, template=_ON_SQLITE, **context)


def queue_many(people: QuerySet[Any], said: Mapping[str, Any]) -> int:
    """
    Queue a message for each row, unless it has one of its occasion already, be it one that failed.

    Nobody is woken: the sweep of the next minute takes up what is due.

    :param people: whom to write to.
    :param said: columns of ``Message`` by name: an expression over the rows, or a value for all.
        ``subject``, ``branch_path``, ``channel``, ``language``, ``occasion``, ``wording``,
        ``programme_key``, ``due_at`` and ``made_at`` are needed.
    :returns: how many came in.
    """
    connection = connections[router.db_for_write(Message)]
    try:
        statement, parameters = _statement(people, said, connection)
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute(statement, parameters)
        except IntegrityError:  # another planner was faster with some of them
            cursor.execute(f"{statement} ON CONFLICT DO NOTHING", parameters)
        return int(cursor.rowcount)


def _statement(people: QuerySet[Any], said: Mapping[str, Any], connection: Any) -> tuple[str, Any]:
    """
    Return the insert of who has no message of the occasion yet, and its parameters.

    Asked for at once: a row that may meet another one is looked up in each unique index before it goes in.
    """
    millisecond = f"{int(said['made_at'].timestamp() * 1000):012x}"
    chosen = {"id": NewId(Value(millisecond)), **_defaults(), **said}
    fields: list[Any] = [Message._meta.get_field(name) for name in chosen]
    cells = {
        f"new_{name}": _cell(chosen[name], field, connection)
        for name, field in zip(chosen, fields, strict=True)
    }
    had = Message.objects.filter(subject=OuterRef("new_subject"), occasion=OuterRef("new_occasion"))
    rows = people.order_by().annotate(**cells).exclude(Exists(had)).values_list(*cells)
    select, parameters = rows.query.sql_with_params()
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    return f"INSERT INTO {quote(Message._meta.db_table)} ({columns}) {select}", parameters


def _defaults() -> dict[str, Any]:
    """Return what stands in the columns nobody names; those that may be empty stay so."""
    return {
        field.name: field.get_default()
        for field in Message._meta.concrete_fields
        if not field.null and not field.primary_key and not field.is_relation
    }


def _cell(said: Any, field: Any, connection: Any) -> Any:
    """Return what is selected for a column; PostgreSQL wants to know the kind of a constant."""
    if isinstance(said, Expression | models.F):
        return said
    constant = Value(said, output_field=field)
    return Cast(constant, field) if connection.vendor == "postgresql" else constant
