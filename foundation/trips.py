"""Begin and commit on the way: a trip to PostgreSQL takes longer than what is asked on it.

The server runs the statements of one string one after the other, each as if it had come alone: what is
asked behind a lock sees all that was committed before the lock was given, and behind a statement that
fails nothing is run. Other databases have no trips to spare, and nothing changes there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def first(using: str = DEFAULT_DB_ALIAS) -> Any:
    """
    Begin the transaction in the same trip as what is executed within, its first statement.

    Not for one in which rows are read through a cursor of the server: Django believes it outlives it.
    """
    return _on_the_way(_beginning, using)


def last(using: str = DEFAULT_DB_ALIAS) -> Any:
    """
    Commit in the same trip as what is executed within: one statement, the last one of its transaction.

    A transaction within another is not committed by itself; nor is one here.
    """
    return _on_the_way(_committing, using)


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


def _committing(execute: Callable[..., Any], sql: str, parameters: Any, *many: Any) -> Any:
    is_many, context = many
    if is_many or sql.startswith("PREPARE "):  # the driver sends many one by one; the other is not the last
        return execute(sql, parameters, *many)
    done = execute(f"{sql}; COMMIT", parameters, *many)
    driver = context["connection"].connection
    if driver.autocommit:  # as Django has it here: should anything follow, it is a transaction of its own
        driver.autocommit = False
    return done
