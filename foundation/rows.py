"""Insert many new rows of one table at the speed of the driver.

Django's ``bulk_create`` builds one long statement a batch and asks every value how it wants to
be written; that is most of the time a sheet takes. Here the statement is made once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connections, models, router


def insert(model: type[models.Model], rows: Iterable[models.Model], *, skip_conflicts: bool = False) -> None:
    """
    Insert rows whose primary keys are made, within the caller's transaction. No signal is sent.

    :param skip_conflicts: leave out, without an error, a row that a unique constraint refuses;
        ask afterwards which ids are in.
    """
    connection = connections[router.db_for_write(model)]
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    writers = [(field.attname, field.get_db_prep_save) for field in fields]
    values = [[write(getattr(row, name), connection) for name, write in writers] for row in rows]
    if not values:
        return
    with connection.cursor() as cursor:
        cursor.executemany(_statement(connection, model, fields, skip_conflicts=skip_conflicts), values)


def _statement(connection: Any, model: type[models.Model], fields: list[Any], *, skip_conflicts: bool) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 no value
    return f"{statement} ON CONFLICT DO NOTHING" if skip_conflicts else statement
