"""The migrations make the tables that the models say: all other tests make theirs from the models."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, is_nullable
    FROM information_schema.columns WHERE table_schema = 'public'
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u')
"""
TRIGGERS = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
OURS = ("foundation_", "consent_", "registry_", "notifications_")


@contextmanager
def migrated() -> Iterator[str]:
    """Make a database beside ours by the migrations, and yield its address."""
    name = f"{connection.settings_dict['NAME']}_migrated"
    address = f"{os.environ['TEST_DATABASE_URL'].rpartition('/')[0]}/{name}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            subprocess.run(
                [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
                env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": address},
                cwd=settings.BASE_DIR,
                check=True,
            )
            yield address
        finally:
            cursor.execute(f'DROP DATABASE "{name}"')


def told(cursor: Any, question: str) -> set[tuple[Any, ...]]:
    """Return what a database says of the tables of our own rooms."""
    cursor.execute(question)
    return {row for row in cursor.fetchall() if row[0].startswith(OURS)}


def test_makes_the_tables_that_the_models_say() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is migrated by the demo")
    with migrated() as address, psycopg.connect(address) as other, connection.cursor() as cursor:
        for question in (COLUMNS, CONSTRAINTS, TRIGGERS):
            ours = told(cursor, question)
            assert ours
            assert told(other.cursor(), question) ^ ours == set()
