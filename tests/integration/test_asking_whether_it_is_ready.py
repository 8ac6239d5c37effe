"""A supervisor asks whether the program can work."""

import json
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from foundation import keyring
from foundation.desk import start
from foundation.management.commands import check_deploy
from foundation.trail import triggers
from registry.management import demo_home
from tests.conftest import NOW
from tests.factories.foundation import StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    """Return an empty home with a keyring."""
    settings.DATA_DIR = tmp_path
    settings.KEYRING = f"file:{tmp_path / 'keyring.json'}"
    settings.ANCHOR_URL = f"file:{tmp_path / 'anchor.jsonl'}"
    keyring.create(tmp_path / "keyring.json")
    return tmp_path


def missing(client: Client) -> tuple[int, list[str]]:
    answer = client.get("/healthz")
    return answer.status_code, json.loads(answer.content)["missing"]


class TestHealthz:
    def test_answers_200_when_all_is_there(self, client) -> None:
        assert missing(client) == (200, [])

    def test_tells_of_a_trail_that_anybody_could_change(self, client) -> None:
        triggers.drop(connection)

        assert missing(client) == (
            503, ["The trail is not guarded against changes: run `python3 manage.py migrate`."]
        )  # fmt: skip

    def test_tells_of_keys_that_are_away(self, client, settings, tmp_path) -> None:
        settings.KEYRING = f"file:{tmp_path / 'nothing'}"

        status, sentences = missing(client)

        assert status == 503
        assert "keyring" in sentences[0]

    def test_tells_of_a_demo_that_is_being_filled(self, client, home) -> None:
        demo_home.note(demo_home.FILLING)

        assert missing(client) == (503, ["The demo is being filled."])

    def test_changes_nothing_and_takes_no_other_verb(self, client) -> None:
        assert client.post("/healthz").status_code == 405

    def test_is_not_kept_by_a_cache(self, client) -> None:
        assert "no-store" in client.get("/healthz")["Cache-Control"]


class TestStart:
    def test_goes_on_when_all_is_there(self) -> None:
        start.check()

    def test_is_refused_without_keys(self, settings, tmp_path, capsys) -> None:
        settings.KEYRING = f"file:{tmp_path / 'nothing'}"

        with pytest.raises(SystemExit):
            start.check()

        assert "keyring" in capsys.readouterr().err

    def test_is_refused_when_others_can_read_the_keys(self, home, capsys) -> None:
        (home / "keyring.json").chmod(0o644)

        with pytest.raises(SystemExit):
            start.check()

        assert "chmod 600" in capsys.readouterr().err

    def test_is_refused_when_the_trail_lost_its_guard(self, capsys) -> None:
        triggers.drop(connection)

        with pytest.raises(SystemExit):
            start.check()

        assert "not guarded" in capsys.readouterr().err


class TestCheckDeploy:
    def test_names_everything_that_is_missing(self, home) -> None:
        (home / "keyring.json").chmod(0o644)
        triggers.drop(connection)

        sentences = "\n".join(check_deploy.missing())

        assert "DATABASE_URL" in sentences
        assert "chmod 600" in sentences
        assert "TRUSTED_PROXIES" in sentences
        assert "not guarded" in sentences
        assert "ANCHOR_URL lies beside" in sentences

    def test_names_a_machine_that_cannot_read_scanned_piles(self, monkeypatch) -> None:
        assert "not Linux" not in "\n".join(check_deploy.missing())

        monkeypatch.setattr("sys.platform", "darwin")

        assert "This is not Linux" in "\n".join(check_deploy.missing())

    def test_ends_with_a_fault(self) -> None:
        with pytest.raises(CommandError):
            call_command("check_deploy")


class TestDemo:
    def test_refuses_in_production(self, settings) -> None:
        settings.PRODUCTION = True

        with pytest.raises(CommandError, match="refuses"):
            call_command("demo", "--fill")

    def test_leaves_a_home_alone_that_holds_other_data(self, home) -> None:
        StaffFactory()

        with pytest.raises(CommandError, match="no demo made"):
            demo_home.make(fresh=False, at=NOW, fill=print)
        with pytest.raises(CommandError, match="no demo made"):
            demo_home.clear()

    def test_runs_once_in_a_home(self, home) -> None:
        with (
            demo_home.alone(),
            pytest.raises(CommandError, match="runs in this home already"),
            demo_home.alone(),
        ):
            pass

    def test_keeps_its_state_over_a_crash(self, home) -> None:
        assert demo_home.state() == ""
        demo_home.note(demo_home.FILLING)
        (home / "demo.new").write_text("{")

        assert demo_home.state() == demo_home.FILLING

    def test_begun_afresh_clears_what_a_demo_made_and_nothing_else(self, home, monkeypatch) -> None:
        monkeypatch.setattr(demo_home, "connection", Mock())
        demo_home.note(demo_home.FILLED)
        made = ("relay.sqlite3", "relay.sqlite3-wal", "keyring.json", "ledger.jsonl", "web.log")
        for name in (*made, "letter.txt"):
            (home / name).touch()
        (home / "files" / "some").mkdir(parents=True)

        demo_home.clear()

        assert {"letter.txt"} == {path.name for path in home.iterdir()} - {"demo.lock"}
