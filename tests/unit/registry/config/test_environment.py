"""What the program says to settings that are missing or wrong."""

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from registry.config.environment import Environment

STRONG = "kq8W2vN5xR7tY1uI3oP6aS9dF4gH0jKl2zX5cV8bN1mQ7wE4rT"


def environment(tmp_path: Path, **values: str) -> Environment:
    return Environment({"DATA_DIR": str(tmp_path / "home")} | values, tmp_path)


def said(environment: Environment) -> str:
    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.refuse()
    return str(refusal.value)


class TestEmbeddedHome:
    def test_is_var_when_nothing_is_set(self, tmp_path: Path) -> None:
        assert Environment({}, tmp_path).home == tmp_path / "var"

    def test_needs_no_setting_at_all(self, tmp_path: Path) -> None:
        home = environment(tmp_path)

        assert home.database()["NAME"] == home.home / "relay.sqlite3"
        assert home.broker() == f"sqla+sqlite:///{home.home / 'broker.sqlite3'}"
        assert home.keyring() == f"file:{home.home / 'keyring.json'}"
        assert home.outside("ANCHOR_URL", "anchor.jsonl") == f"file:{home.home / 'anchor.jsonl'}"
        assert home.email()["EMAIL_FILE_PATH"] == str(home.home / "mail")
        assert home.allowed_hosts() == ["localhost", "127.0.0.1", "[::1]"]
        home.refuse()

    def test_keeps_its_secret_key_to_its_owner(self, tmp_path: Path) -> None:
        home = environment(tmp_path)

        key = home.secret_key()

        assert environment(tmp_path).secret_key() == key
        assert stat.S_IMODE((home.home / "secret_key").stat().st_mode) == 0o600
        assert stat.S_IMODE(home.home.stat().st_mode) == 0o700

    def test_queues_writers_and_overwrites_deleted_bytes(self, tmp_path: Path) -> None:
        options = environment(tmp_path).database()["OPTIONS"]

        assert options["transaction_mode"] == "IMMEDIATE"
        assert options["timeout"] == 30
        assert "journal_mode=WAL" in options["init_command"]
        assert "secure_delete=ON" in options["init_command"]

    def test_says_so_when_it_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        home = Environment({"DATA_DIR": str(tmp_path / "file" / "home")}, tmp_path)
        home.make_home()

        assert "DATA_DIR names" in said(home)


class TestTheAddressOfTheSite:
    @pytest.mark.parametrize(
        ("values", "address"),
        [
            ({}, "http://localhost:8000"),
            ({"DEBUG": "false", "ALLOWED_HOSTS": ".relay.example.cn"}, "https://relay.example.cn"),
            ({"SITE_URL": "http://127.0.0.1:8123/"}, "http://127.0.0.1:8123"),
            ({"SITE_URL": "http://[::1]:8123"}, "http://[::1]:8123"),
            (
                {"SITE_URL": "https://Hz.relay.cn:8443", "ALLOWED_HOSTS": ".relay.cn"},
                "https://hz.relay.cn:8443",
            ),
        ],
    )
    def test_is_said_or_the_first_of_the_hosts(
        self, tmp_path: Path, values: dict[str, str], address: str
    ) -> None:
        read = environment(tmp_path, **values)

        assert read.site(read.allowed_hosts()) == address
        assert not any("SITE_URL" in sentence for sentence in read.problems)

    @pytest.mark.parametrize(
        "url",
        [
            "relay.example.cn",
            "ftp://localhost",
            "http://localhost/relay",
            "http://user@localhost",
            "https://evil.example",
            "https://notlocalhost",
        ],
    )
    def test_is_refused_where_no_link_would_open(self, tmp_path: Path, url: str) -> None:
        read = environment(tmp_path, SITE_URL=url)
        read.site(["localhost", ".relay.cn"])

        assert "SITE_URL" in said(read)

    def test_carries_no_link_in_clear_in_production(self, tmp_path: Path) -> None:
        read = environment(tmp_path, SITE_URL="http://relay.cn", DEBUG="false")
        read.site(["relay.cn"])

        assert "in clear" in said(read)


class TestProduction:
    @pytest.mark.parametrize("values", [{"DEBUG": "false"}, {"DATABASE_URL": "postgres://u:p@h/d"}])
    def test_is_asked_for_by_the_database_or_by_debug(self, tmp_path: Path, values: dict[str, str]) -> None:
        assert environment(tmp_path, **values).production

    def test_is_not_a_developers_database_server(self, tmp_path: Path) -> None:
        assert not environment(tmp_path, DATABASE_URL="postgres://u:p@h/d", DEBUG="true").production

    def test_names_all_that_is_missing_at_once(self, tmp_path: Path) -> None:
        production = environment(tmp_path, DEBUG="false")
        production.secret_key()
        production.allowed_hosts()
        production.database()
        production.broker()
        production.cache()
        production.keyring()
        production.outside("ANCHOR_URL", "anchor.jsonl")
        production.outside("LEDGER_URL", "ledger.jsonl")

        sentences = said(production).splitlines()

        assert [sentence.split()[0] for sentence in sentences] == [
            "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "BROKER_URL", "CACHE_URL", "KEYRING", "ANCHOR_URL",
            "LEDGER_URL",
        ]  # fmt: skip
        assert all(" is missing: " in sentence for sentence in sentences)

    def test_makes_no_secret_of_its_own(self, tmp_path: Path) -> None:
        assert environment(tmp_path, DEBUG="false").secret_key() == ""
        assert not (tmp_path / "home" / "secret_key").exists()

    def test_takes_a_strong_secret_key(self, tmp_path: Path) -> None:
        production = environment(tmp_path, DEBUG="false", SECRET_KEY=STRONG)

        assert production.secret_key() == STRONG
        production.refuse()

    def test_reads_an_address_of_postgresql(self, tmp_path: Path) -> None:
        found = environment(tmp_path, DATABASE_URL="postgres://relay:pw@db:5433/relay").database()

        assert (found["HOST"], found["PORT"], found["NAME"]) == ("db", 5433, "relay")
        assert found["ENGINE"] == "django.db.backends.postgresql"


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("DEBUG", "perhaps", lambda e: e.debug),
        ("SECRET_KEY", "tooweak", lambda e: e.secret_key()),
        ("SECRET_KEY", "change-me-" * 8, lambda e: e.secret_key()),
        ("ALLOWED_HOSTS", "*", lambda e: e.allowed_hosts()),
        ("DATABASE_URL", "mysql://h/d", lambda e: e.database()),
        ("BROKER_URL", "amqp://h", lambda e: e.broker()),
        ("CACHE_URL", "memcached://h", lambda e: e.cache()),
        ("EMAIL_URL", "imap://h", lambda e: e.email()),
        ("SMS_URL", "sms://h", lambda e: e.gateway()),
        ("SMS_URL", "https://gateway.example/send", lambda e: e.gateway()),
        ("SMS_URL", "http://account:secret@gateway.example/send", lambda e: e.gateway()),
        ("KEYRING", "/etc/keyring", lambda e: e.keyring()),
        ("CIPHER_SUITE", "des", lambda e: e.suite()),
        ("ANCHOR_URL", "ftp://h", lambda e: e.outside("ANCHOR_URL", "anchor.jsonl")),
        ("LEDGER_URL", "/var/ledger", lambda e: e.outside("LEDGER_URL", "ledger.jsonl")),
        ("HLA_REFERENCE_DIR", "/nowhere/at/all", lambda e: e.reference()),
        ("TIME_ZONE", "Asia/Atlantis", lambda e: e.time_zone()),
        ("TRUSTED_PROXIES", "proxy.example", lambda e: e.proxies()),
        ("LOG_LEVEL", "LOUD", lambda e: e.log_level()),
    ],
)
class TestWrong:
    def test_setting_gets_a_sentence_that_names_it(self, tmp_path, name, value, read) -> None:
        wrong = environment(tmp_path, **{name: value})
        read(wrong)

        assert said(wrong).startswith(name)
        assert said(wrong).endswith(".")

    def test_setting_is_not_repeated_to_the_terminal_when_secret(self, tmp_path, name, value, read) -> None:
        wrong = environment(tmp_path, **{name: value})
        read(wrong)

        if name in {"SECRET_KEY", "DATABASE_URL", "KEYRING"}:
            assert value not in said(wrong)
