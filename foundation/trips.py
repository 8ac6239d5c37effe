"""Begin and commit on the way: a trip to PostgreSQL takes longer than what is asked on it.

The server runs the statements of one string one after the other, each as if it had come alone: what is
asked behind a lock sees all that was committed before the lock was given, and behind a statement that
fails nothing is run. Other databases have no trips to spare, and nothing changes there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def execute(connection: Any, cursor: Any, statements: Sequence[tuple[str, Sequence[Any]]]) -> None:
    """
    Execute statements in one trip, which begins the transaction too where it is the first of it.

    The cursor stands at the result of the first; ``nextset`` goes on. Several are for PostgreSQL alone.
    """
    opening = _opening(connection)
    sql = opening + "; ".join(sql for sql, _ in statements)
    cursor.execute(sql, [value for _, parameters in statements for value in parameters])
    if opening:
        cursor.nextset()


@contextmanager
def last(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """
    Commit in the same trip what is executed within: one statement, the last one of its transaction.

    A transaction within another is not committed by itself; nor is one here.
    """
    connection = connections[using]
    if connection.vendor != "postgresql" or not _is_outermost(connection):
        yield
        return
    with connection.execute_wrapper(_committing):
        yield


def _committing(
    execute: Callable[..., Any],
    sql: str,
    parameters: Any,
    many: bool,  # noqa: FBT001  Django calls it so
    context: dict[str, Any],
) -> Any:
    if many:  # the driver sends them one by one
        return execute(sql, parameters, many, context)
    done = execute(f"{sql}; COMMIT", parameters, many, context)
    driver = context["connection"].connection
    if driver.autocommit:  # as Django has it here: should anything follow, it is a transaction of its own
        driver.autocommit = False
    return done


def _is_outermost(connection: Any) -> bool:
    return bool(
        connection.in_atomic_block and len(connection.atomic_blocks) == 1 and connection.commit_on_exit
    )


def _opening(connection: Any) -> str:
    """Return what begins a transaction that the server was not told of yet; the driver then says nothing."""
    if connection.vendor != "postgresql" or not _is_outermost(connection):
        return ""
    driver = connection.connection
    if driver.autocommit or driver.isolation_level is not None or driver.info.transaction_status:  # 0 is idle
        return ""
    driver.autocommit = True  # else it would begin in a trip of its own
    return "BEGIN; "
