"""An operator puts the program on a server of the branch."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from foundation.keyring import create

BASE = Path(__file__).resolve().parent.parent.parent
STRONG = "kq8W2vN5xR7tY1uI3oP6aS9dF4gH0jKl2zX5cV8bN1mQ7wE4rT"
ASK = """
import json, django; django.setup()
from django.conf import settings
from django.test import Client
client = Client(headers={"host": "relay.example.cn"})
answer = client.get("/healthz", secure=True)
plain = client.get("/account/login/")
cookies = {
    name: [getattr(settings, f"{name}_COOKIE_{flag}") for flag in ("NAME", "SECURE", "HTTPONLY", "SAMESITE")]
    for name in ("SESSION", "CSRF", "LANGUAGE")
}
print("ANSWER" + json.dumps({
    "status": answer.status_code, "headers": dict(answer.headers),
    "cookies": cookies, "plain": plain.status_code, "to": plain.headers.get("Location", ""),
}))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return a whole environment for production; its servers do not answer."""
    tmp_path = tmp_path_factory.mktemp("production")
    create(tmp_path / "keyring.json")
    return {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path / "home"),
        "DATABASE_URL": "postgres://relay:pw@127.0.0.1:1/relay",
        "DEBUG": "false",
        "SECRET_KEY": STRONG,
        "ALLOWED_HOSTS": "relay.example.cn",
        "BROKER_URL": "redis://127.0.0.1:1/0",
        "CACHE_URL": "redis://127.0.0.1:1/1",
        "KEYRING": f"file:{tmp_path / 'keyring.json'}",
        "ANCHOR_URL": f"file:{tmp_path / 'anchor.jsonl'}",
        "LEDGER_URL": f"file:{tmp_path / 'ledger.jsonl'}",
        "DJANGO_SETTINGS_MODULE": "registry.config.settings",
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=BASE, env=environment, capture_output=True, text=True, check=False)


class TestSettings:
    def test_are_told_in_sentences_all_at_once(self, tmp_path) -> None:
        bare = {"PATH": os.environ["PATH"], "DEBUG": "false", "DATA_DIR": str(tmp_path)}

        done = run(bare, "manage.py", "check_deploy")

        missing = [line.split()[0] for line in done.stderr.splitlines() if " is missing: " in line]
        assert done.returncode == 1
        assert set(missing) >= {"SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "KEYRING", "ANCHOR_URL"}
        assert "Traceback" not in done.stderr

    def test_leave_djangos_own_check_silent(self, production) -> None:
        done = run(production, "manage.py", "check", "--deploy", "--fail-level", "WARNING")

        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("System check identified no issues")

    def test_that_are_whole_still_name_what_is_missing_around_them(self, production) -> None:
        done = run(production, "manage.py", "check_deploy")

        assert done.returncode == 1
        assert "The database does not answer" in done.stderr
        assert "TRUSTED_PROXIES" in done.stderr
        assert "is missing: " not in done.stderr.replace("TRUSTED_PROXIES is missing: ", "")


@pytest.fixture(scope="module")
def answer(production: dict[str, str]) -> dict[str, Any]:
    """Return what the program answers in production."""
    done = run(production, "-c", ASK)
    assert "ANSWER" in done.stdout, done.stderr
    answered: dict[str, Any] = json.loads(done.stdout.partition("ANSWER")[2])
    return answered


class TestHeaders:
    def test_of_production_are_strict(self, answer) -> None:
        headers = answer["headers"]

        assert answer["status"] == 503
        assert int(headers["Strict-Transport-Security"].split("=")[1].split(";")[0]) >= 365 * 24 * 3600
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert directive in policy

    def test_bind_cookies_to_this_host_and_hide_them(self, answer) -> None:
        for name, secure, http_only, same_site in answer["cookies"].values():
            assert name.startswith("__Host-")
            assert (secure, http_only) == (True, True)
            assert same_site in {"Lax", "Strict"}

    def test_send_plain_http_to_https(self, answer) -> None:
        assert (answer["plain"], answer["to"]) == (301, "https://relay.example.cn/account/login/")
