"""A backup is restored on another machine: all is there with the keys, nothing without.

Source: design/security.md section 4.7; security-checklist.md 47, 49
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count

from foundation import keyring, vault
from foundation.trail import Actor, ActorKind, anchor, sealing
from notifications.outbox import epoch
from registry.donors import actions
from registry.donors.models import Donor, Word
from tests.factories import consent as consents
from tests.factories import samples as tubes
from tests.factories.messages import MessageFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # the backup of PostgreSQL is pg_dump's own
]
BASE = Path(__file__).resolve().parent.parent.parent
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BY = Actor(ActorKind.COMMAND, "tests")
FACTS = ("document_seen", "face_seen")
LOOK = """
import django, json; django.setup()
from django.apps import apps
from django.db.models import Count
from foundation import vault
from foundation.vault.fields import SealedModel, sealed_fields
from registry.donors.models import Donor
cells = {}
for model in apps.get_models():
    if issubclass(model, SealedModel):
        names = [field.attname for field in sealed_fields(model)]
        for opened in vault.open(list(model._default_manager.all()), names):
            for value in opened.values():
                kind = type(value).__name__
                cells[kind] = cells.get(kind, 0) + 1
donors = Donor.objects.order_by("pk")
print(json.dumps({
    "states": dict(donors.values_list("state").annotate(n=Count("pk")).order_by()),
    "by_id": {str(d.pk): d.state for d in donors},
    "names": [str(one["name"]) for one in vault.open(list(donors), ["name"])],
    "cells": cells,
    "searchable": Donor.objects.searchable().count(),
    "restricted": [str(d.pk) for d in donors.select_related("subject") if d.subject.restricted_at],
}))
"""


class Machine:
    """Another machine: a home of its own, with what was brought to it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(mode=0o700)

    def bring(self, source: Path | str, name: str) -> None:
        """Put one file into the home."""
        shutil.copyfile(source, self.home / name)
        (self.home / name).chmod(0o600)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command there."""
        environment = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(self.home),
            "DJANGO_SETTINGS_MODULE": "registry.config.settings",
            "LOG_LEVEL": "ERROR",
        }
        return subprocess.run(
            [sys.executable, *command], cwd=BASE, env=environment, capture_output=True, text=True, check=False
        )

    def manage(self, *command: str) -> str:
        """Run a command of the program, which must end well."""
        done = self.run("manage.py", *command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def look(self) -> dict[str, Any]:
        """Return what can be seen there."""
        done = self.run("-c", LOOK)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def back_up(to: Path) -> None:
    """Copy the database while it runs, as `docs/operate.md` says."""
    with (
        closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as source,
        closing(sqlite3.connect(to)) as copy,
    ):
        source.backup(copy)


@pytest.fixture
def people() -> list[Donor]:
    """Return four donors; everything about them is sealed and anchored."""
    consents.text()
    house = tubes.house()
    made = [tubes.volunteer(house) for _ in range(4)]
    tubes.sent(house, tubes.tube(house, made[0]))
    MessageFactory(subject=made[0].subject)
    epoch.advance(at=AT)
    sealing.seal(at=AT)
    anchor.anchor()
    return [Donor.objects.select_related("subject").get(pk=one.pk) for one in made]


@pytest.fixture
def machine(people: list[Donor], tmp_path: Path) -> Machine:
    """Return another machine with the backup of now."""
    made = Machine(tmp_path / "restored")
    back_up(made.home / "relay.sqlite3")
    made.bring(settings.DATA_DIR / "anchor.jsonl", "anchor.jsonl")
    return made


@pytest.fixture
def with_keys(machine: Machine) -> Machine:
    """Return it with the keyring."""
    machine.bring(settings.DATA_DIR / "keyring.json", "keyring.json")
    return machine


class TestWithTheKeys:
    def test_the_trail_verifies_and_the_figures_are_the_same(
        self, with_keys: Machine, people: list[Donor]
    ) -> None:
        assert "The trail holds" in with_keys.manage("trail", "verify")
        seen = with_keys.look()
        assert seen["states"] == dict(Donor.objects.values_list("state").annotate(n=Count("pk")).order_by())
        opened = vault.open(list(Donor.objects.order_by("pk")), ["name"])
        assert seen["names"] == [one["name"] for one in opened]
        assert "Broken" not in seen["cells"]

    def test_nothing_is_sent_before_an_operator_releases(self, with_keys: Machine) -> None:
        """The mark of the outbox is not among what is brought to a new machine."""
        said = with_keys.manage("outbox", "status")
        assert "Everything is held (unmarked)" in said
        assert re.search(r"^DUE +1$", said, re.MULTILINE)

        assert "1 may have been sent" in with_keys.manage("outbox", "release")

    def test_what_was_sealed_after_the_backup_is_missed(
        self, with_keys: Machine, people: list[Donor]
    ) -> None:
        self._withdraw_and_erase(people)
        with_keys.bring(settings.DATA_DIR / "anchor.jsonl", "anchor.jsonl")
        done = with_keys.run("manage.py", "trail", "verify")
        assert done.returncode == 1
        assert "The trail was cut" in done.stderr

    @pytest.mark.slow
    def test_the_ledger_brings_withdrawals_and_erasures_again(
        self, with_keys: Machine, people: list[Donor]
    ) -> None:
        gone, forgotten = self._withdraw_and_erase(people)
        with_keys.bring(settings.DATA_DIR / "ledger.jsonl", "ledger.jsonl")
        before = with_keys.look()
        assert before["by_id"][str(gone.pk)] != "WITHDRAWN"
        assert with_keys.manage("ledger", "status").startswith("2 lines are not applied here")

        assert with_keys.manage("ledger", "apply").startswith("2 lines applied")

        after = with_keys.look()
        assert after["by_id"][str(gone.pk)] == "WITHDRAWN"
        assert str(gone.pk) in after["restricted"]
        assert after["names"].count("Erased") == 1
        assert [
            pk for pk, name in zip(sorted(after["by_id"]), after["names"], strict=True) if name == "Erased"
        ] == [str(forgotten.pk)]
        assert "The trail holds" in with_keys.manage("trail", "verify")
        assert with_keys.manage("ledger", "apply").startswith("0 lines applied")

    def _withdraw_and_erase(self, people: list[Donor]) -> tuple[Donor, Donor]:
        gone, forgotten = people[1], people[2]
        actions.withdraw(gone, by=BY, at=AT + timedelta(hours=1), word=Word.STAFF_TWO_FACTS, facts=FACTS)
        vault.erase(forgotten.subject, by=BY, at=AT + timedelta(hours=2))
        sealing.seal(at=AT + timedelta(hours=3))
        anchor.anchor()
        return gone, forgotten


class TestWithoutTheKeys:
    def test_nothing_starts(self, machine: Machine) -> None:
        done = machine.run("-c", LOOK)
        assert done.returncode != 0
        assert "There is no keyring file where KEYRING says." in done.stderr
        assert not (machine.home / "keyring.json").exists()

    @pytest.mark.slow
    def test_nothing_opens_with_a_keyring_of_one_s_own(self, machine: Machine) -> None:
        (machine.home / "keyring.json").write_text(keyring.Keyring.fresh().write())
        (machine.home / "keyring.json").chmod(0o600)
        seen = machine.look()
        assert set(seen["cells"]) <= {"Broken", "NoneType"}
        assert seen["cells"]["Broken"] > 20
        done = machine.run("manage.py", "trail", "verify")
        assert "The signature of a batch is not ours" in done.stderr

    def test_nothing_personal_stands_in_the_file(self, machine: Machine, people: list[Donor]) -> None:
        content = (machine.home / "relay.sqlite3").read_bytes()
        opened = vault.open(people, ["name", "document", "phone"])
        for value in {text for one in opened for text in one.values() if isinstance(text, str)}:
            assert value.encode() not in content
