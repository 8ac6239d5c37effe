"""What breaks out of a statement of SQL, and a look at what reaches the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

MARK = "zq7x"  # stands in no statement of ours
SIGNS = ["'", '"', "`", ";", "--", "/*", "*/", "#", "\\", "%", "_", "(", ")", ",", "||", "\n", "\t", "$$"]
LOOK_ALIKES = ["’", "＇", "ʼ", "0x27", "%27"]
PARTS = [
    " OR 1=1",
    " UNION SELECT ",
    "); DROP TABLE registry_donor;",
    "pg_sleep(9)",
    "%s",
    "%(a)s",
    "?",
    ":a",
]

breaking_out: st.SearchStrategy[str] = st.lists(
    st.sampled_from([*SIGNS, *LOOK_ALIKES, *PARTS, "a", "1"]), min_size=1, max_size=4
).map(lambda parts: parts[0] + MARK + "".join(parts[1:]))

few_examples = settings(
    max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is sent to the database, without the parameters beside it."""
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def is_in(sent: list[str]) -> bool:
    """Return whether something that was typed stands in a statement."""
    return any(MARK in sql.casefold() for sql in sent)
