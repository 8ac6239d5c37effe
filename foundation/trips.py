"""Begin and commit on the way: a trip to PostgreSQL takes longer than what is asked on it.

The server runs the statements of one string one after the other, each as if it had come alone: what is
asked behind a lock sees all that was committed before the lock was given, and behind a statement that
fails nothing is run. Other databases have no trips to spare, and nothing changes there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

Held = list[tuple[str, Sequence[Any]]]  # statements with their values, to go with the next


def first(using: str = DEFAULT_DB_ALIAS) -> Any:
    """
    Begin the transaction in the same trip as what is executed within, its first statement.

    Not for one in which rows are read through a cursor of the server: Django believes it outlives it.
    """
    return _on_the_way(_beginning, using)


@contextmanager
def last(using: str = DEFAULT_DB_ALIAS, *, before: Callable[[], object] | None = None) -> Iterator[None]:
    """
    Commit in the same trip as what is executed within: one statement, the last one of its transaction.

    A transaction within another is not committed by itself; nor is one here.

    :param before: executes statements whose outcome nobody reads; they go first, in the same trip.
    """
    held: Held = []
    with _on_the_way(partial(_holding, held), using):
        if before is not None:
            before()
    with _on_the_way(partial(_committing, held), using):
        yield
    _say(held, using)


@contextmanager
def _on_the_way(says: Callable[..., Any], using: str) -> Iterator[None]:
    connection = connections[using]
    outermost = (
        connection.in_atomic_block and len(connection.atomic_blocks) == 1 and connection.commit_on_exit
    )
    if connection.vendor != "postgresql" or not outermost:
        yield
        return
    with connection.execute_wrapper(says):
        yield


def _beginning(execute: Callable[..., Any], sql: str, parameters: Any, *many: Any) -> Any:
    is_many, context = many
    driver = context["connection"].connection
    begun = driver.autocommit or driver.isolation_level is not None or driver.info.transaction_status
    if is_many or begun:
        return execute(sql, parameters, *many)
    driver.autocommit = True  # else it would begin by itself, in a trip of its own
    done = execute(f"BEGIN; {sql}", parameters, *many)
    context["cursor"].nextset()
    return done


def _holding(held: Held, execute: Callable[..., Any], sql: str, parameters: Any, *many: Any) -> Any:
    is_many, _context = many
    if is_many or parameters is None:
        return execute(sql, parameters, *many)
    held.append((sql, parameters))
    return None


def _committing(held: Held, execute: Callable[..., Any], sql: str, parameters: Any, *many: Any) -> Any:
    is_many, context = many
    if is_many or sql.startswith("PREPARE "):  # the driver sends many one by one; the other is not the last
        return execute(sql, parameters, *many)
    statements, before = [*held, (sql, parameters or [])], len(held)
    held.clear()
    together = "; ".join([*(one for one, _ in statements), "COMMIT"])
    done = execute(together, [value for _, values in statements for value in values], *many)
    for _ in range(before):
        context["cursor"].nextset()
    driver = context["connection"].connection
    if driver.autocommit:  # as Django has it here: should anything follow, it is a transaction of its own
        driver.autocommit = False
    return done


def _say(held: Held, using: str) -> None:
    """Execute what nothing followed."""
    with connections[using].cursor() as cursor:
        for sql, parameters in held:
            cursor.execute(sql, parameters)
