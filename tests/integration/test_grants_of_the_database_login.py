"""Under the grants of `docs/deploy.md` the program works, and can neither change the trail nor any table.

Source: security-checklist.md 62
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from foundation import vault
from foundation.trail import sealing, verifying
from foundation.trail.models import TrailRow
from foundation.vault import keys
from registry.donors import actions
from registry.drives.imports import import_rows
from tests.factories import consent as consents
from tests.factories import samples as tubes
from tests.factories import sheets
from tests.factories.drives import DriveFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.both_databases,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no logins"),
]
PAGE = Path(settings.BASE_DIR) / "docs/deploy.md"
LOGIN = "relay_of_the_test"
DENIED = r"permission denied|must be owner"
TRAIL = ("foundation_trailrow", "foundation_trailleaf", "foundation_trailbatch")


def grants() -> str:
    """Return the lines of the page that are run after each migration, for a login of the test's own."""
    blocks = re.findall(r"```sql\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return re.sub(r"\b(TO|FROM) relay;", rf"\1 {LOGIN};", blocks[1])


@pytest.fixture
def house() -> tubes.House:
    """Return a county with its people, made while everything was still allowed."""
    consents.text()
    return tubes.house()


@pytest.fixture
def program(house: tubes.House) -> Any:
    """Let the rest of the test have the program's rights only; the transaction's end takes all back."""
    with connection.cursor() as cursor:
        MigrationRecorder(connection).ensure_schema()  # where the tests make tables without migrations
        cursor.execute(f"CREATE ROLE {LOGIN}")
        cursor.execute(grants())
        cursor.execute(f"SET ROLE {LOGIN}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.usefixtures("program")
class TestTheProgramsLogin:
    def test_enrols_imports_withdraws_and_seals(self, house: tubes.House) -> None:
        donor = tubes.tube(house).donor
        drive = DriveFactory(branch=house.county)
        import_rows(
            sheets.xlsx(*[sheets.row(n) for n in range(30)]), drive, by=house.collects, at=timezone.now()
        )
        actions.withdraw(
            donor, by=house.collects, at=timezone.now(), word="STAFF_TWO_FACTS", facts=("name", "document")
        )
        vault.erase(donor.subject, by=house.collects, at=timezone.now())
        keys.new_key()
        sealing.seal(at=timezone.now() + timedelta(minutes=1))
        assert verifying.verify().holds
        assert TrailRow.objects.count() > 30

    @pytest.mark.parametrize("table", TRAIL)
    @pytest.mark.parametrize(
        "act",
        [
            "UPDATE {} SET {} = {}",
            "DELETE FROM {}",
            "TRUNCATE {} CASCADE",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
        ],
    )
    def test_changes_nothing_on_the_trail(self, table: str, act: str) -> None:
        column = {"foundation_trailrow": "verb", "foundation_trailleaf": "leaf"}.get(table, "root")
        with pytest.raises(ProgrammingError, match=DENIED):
            _execute(act.format(table, column, column))

    @pytest.mark.parametrize(
        "act",
        [
            "CREATE TABLE public.mine (id int)",
            "DROP TABLE registry_donor",
            "ALTER TABLE registry_donor ADD COLUMN mine int",
            "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "DELETE FROM django_migrations",
            "CREATE ROLE somebody",
        ],
    )
    def test_makes_and_alters_nothing(self, act: str) -> None:
        with pytest.raises(ProgrammingError, match=DENIED):
            _execute(act)


def _execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
