"""Nothing that is asked in an address becomes SQL: it stands beside a statement as a parameter, never in it.

Each view is asked with every name its own page uses in addresses, filled with what breaks out of a
statement; what reaches the database is read at the driver's door. Forms: `test_bad_input.py`.

Source: security-checklist.md 33
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.injecting import MARK, breaking_out, few_examples, is_in, statements
from tests.integration.test_every_url import (
    ENTRIES,
    GUARDED,
    VIEWS,
    browser_of,
    may,
    no_drawing,
    world,
)
from tests.pages import asked_of

__all__ = ["no_drawing", "world"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.slow]
KNOWN_TO_LISTS = {"page", "order", "q"}


@pytest.mark.parametrize("name", GUARDED)
def test_no_address_puts_what_it_is_asked_into_a_statement(world: Any, name: str) -> None:
    address = reverse(name, kwargs=make(world) if (make := ENTRIES[name].make) else {})
    people = [one for one in [*world.home.staff.values(), *world.top.values()] if may(one, VIEWS[name])]
    for staff in people:
        browser = browser_of(staff)
        page = browser.get(address)
        if page.status_code in {200, 405}:  # what shows one no page shows nobody any
            break
    if page.status_code != 200:
        pytest.skip("it shows no page")
    names = sorted(KNOWN_TO_LISTS | asked_of(page))

    @few_examples
    @given(told=st.fixed_dictionaries(dict.fromkeys(names, breaking_out)))
    def ask(told: dict[str, str]) -> None:
        point = transaction.savepoint()
        with statements() as sent:
            answer = browser.get(address, told)
        transaction.savepoint_rollback(point)
        assert answer.status_code < 500, told
        assert not is_in(sent), told

    ask()


def test_a_mark_in_a_statement_would_be_seen() -> None:
    with statements() as sent, connection.cursor() as cursor:
        cursor.execute(f"SELECT '{MARK}'")
    assert is_in(sent)
