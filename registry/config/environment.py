"""Read the settings of one installation from the environment, each with a sentence when it is wrong.

With nothing set the program uses the embedded home (`DATA_DIR`): SQLite, an SQLite broker,
a keyring file, an anchor file and a generated secret key. A wrong value is never guessed at:
all that is wrong is collected, and `refuse()` ends the start with every sentence at once.
"""

import logging
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
DOORS = ("file:", "env:", "command:")
BROKERS = ("sqla+", "redis://", "rediss://", "memory://")
REDIS = ("redis://", "rediss://")
MAIL = ("smtp://", "smtp+tls://", "smtp+ssl://")
SITE = re.compile(r"(?P<scheme>https?)://(?P<name>\[[0-9a-f:]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", re.ASCII)
SENDER = re.compile(r"[\w.+-]+@[\w.-]+", re.ASCII)
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
PORT = 8000  # where the demo and a developer's server listen
EXAMPLES = ("change", "example", "insecure", "secret", "password", "xxxx", "12345678")
SHORTEST_SECRET = 50  # characters; Django's own deployment check W009 asks for as many
MISSING = {
    "SECRET_KEY": "it signs sessions and links. Make one with `openssl rand -base64 48`.",
    "ALLOWED_HOSTS": "list the names people type, such as relay.example.cn, with commas.",
    "DATABASE_URL": "write postgres://user:password@host:5432/name.",
    "BROKER_URL": "workers take their tasks there. Write redis://host:6379/0.",
    "CACHE_URL": "all web workers count wrong passwords there. Write redis://host:6379/1.",
    "KEYRING": "without keys no personal field can be read. Write file:/path, env:NAME or command:….",
    "ANCHOR_URL": "it keeps the trail's roots outside the database. Write file:/path on another disk.",
    "LEDGER_URL": "it keeps withdrawals and erasures outside the database. Write file:/path on another disk.",
}


class Environment:
    """The environment of one installation, read once, when the settings are loaded."""

    def __init__(self, values: Mapping[str, str], base: Path) -> None:
        self.values = values
        self.home = Path(values.get("DATA_DIR") or base / "var").absolute()
        self.problems: list[str] = []
        self.debug = self.flag("DEBUG", default=False)
        said_no = bool(self.text("DEBUG")) and not self.debug
        self.production = said_no or (bool(self.text("DATABASE_URL")) and not self.debug)

    def refuse(self) -> None:
        """
        End the start if anything is missing or wrong.

        :raises ImproperlyConfigured: with one sentence for each setting.
        """
        if self.problems:
            raise ImproperlyConfigured("\n".join(self.problems))

    def text(self, name: str, default: str = "") -> str:
        """Return a setting as it stands, without surrounding spaces."""
        return self.values.get(name, "").strip() or default

    def items(self, name: str) -> list[str]:
        """Return a setting that lists things with commas between them."""
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a setting that says yes or no."""
        word = self.text(name).lower()
        if word and word not in TRUE | FALSE:
            self._wrong(f"{name} says neither true nor false: write {name}=true or {name}=false.")
        return word in TRUE if word in TRUE | FALSE else default

    def make_home(self) -> Path:
        """Return the embedded home, made if it is not there."""
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            self._wrong(
                f"DATA_DIR names {self.home}, which cannot be made: {fault.strerror}. "
                "Name a folder that this user may write to."
            )
        return self.home

    def secret_key(self) -> str:
        """Return the key that signs sessions and links; the embedded home keeps its own in a file."""
        key = self._needed("SECRET_KEY")
        if key and (len(key) < SHORTEST_SECRET or any(word in key.lower() for word in EXAMPLES)):
            self._wrong(
                f"SECRET_KEY is short or taken from an example: make {SHORTEST_SECRET} or more random "
                "characters with `openssl rand -base64 48`."
            )
        if key or self.production:
            return key
        return _kept(self.make_home() / "secret_key")

    def allowed_hosts(self) -> list[str]:
        """Return the host names this installation answers to."""
        self._needed("ALLOWED_HOSTS")
        hosts = self.items("ALLOWED_HOSTS")
        if "*" in hosts:
            self._wrong("ALLOWED_HOSTS allows every name: list the names people type, with commas.")
        return hosts or LOOPBACK

    def site(self, hosts: Sequence[str]) -> str:
        """
        Return the address with which links in messages begin: `SITE_URL`, else the first of the hosts.

        :param hosts: the names that this installation answers to.
        """
        url = self.text("SITE_URL").rstrip("/").lower()
        if not url:
            host = hosts[0].lstrip(".") if hosts else ""
            return f"https://{host}" if self.production else f"http://{host}:{PORT}"
        found = SITE.fullmatch(url)
        if found is None:
            self._wrong("SITE_URL is no address of a site: write https://relay.example.cn, without a path.")
        elif found["scheme"] == "http" and self.production:
            self._wrong("SITE_URL would send people's links in clear: write https://relay.example.cn.")
        elif not any(_answers_to(found["name"], host) for host in hosts):
            self._wrong("SITE_URL names a host that ALLOWED_HOSTS lacks, so that no link would open.")
        return url

    def database(self) -> dict[str, Any]:
        """Return the database: PostgreSQL by `DATABASE_URL`, else SQLite in the embedded home."""
        url = self._needed("DATABASE_URL")
        if url.startswith(("postgres://", "postgresql://")):
            return {**environ.Env.db_url_config(url), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        if url:
            self._wrong(
                "DATABASE_URL is not an address of PostgreSQL: write "
                "postgres://user:password@host:5432/name, or leave it out for SQLite in DATA_DIR."
            )
        return _sqlite(self.make_home() / "relay.sqlite3")

    def broker(self) -> str:
        """Return where tasks queue: Redis by `BROKER_URL`, else SQLite in the embedded home."""
        url = self._needed("BROKER_URL")
        if url and not url.startswith(BROKERS):
            self._wrong("BROKER_URL is not an address of Redis: write redis://host:6379/0.")
        return url or f"sqla+sqlite:///{self.make_home() / 'broker.sqlite3'}"

    def cache(self) -> dict[str, Any]:
        """Return the cache that workers share: Redis by `CACHE_URL`, else files in the embedded home."""
        url = self._needed("CACHE_URL")
        if url.startswith(REDIS):
            return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
        if url:
            self._wrong("CACHE_URL is not an address of Redis: write redis://host:6379/1.")
        folder = str(self.make_home() / "cache")
        return {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": folder}

    def email(self) -> dict[str, Any]:
        """Return Django's e-mail settings from `EMAIL_URL`; without one, messages become files."""
        url = self.text("EMAIL_URL")
        if url.startswith(MAIL):
            found: dict[str, Any] = environ.Env.email_url_config(url)
            return {key: value for key, value in found.items() if key.startswith("EMAIL_")}
        if url:
            self._wrong("EMAIL_URL is not an address of a mail server: write smtp://host:port.")
        folder = str(self.home / "mail")
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": folder,
        }

    def sender(self) -> str:
        """Return the address that messages come from."""
        address = self.text("EMAIL_FROM", "relay@localhost")
        if not SENDER.fullmatch(address):
            self._wrong("EMAIL_FROM is not one e-mail address: write office@example.cn.")
        return address

    def keyring(self) -> str:
        """Return where the keys are: `file:…`, `env:…` or `command:…`."""
        door = self._needed("KEYRING")
        if door and not door.startswith(DOORS):
            self._wrong("KEYRING says neither file:…, env:… nor command:…, so the keys cannot be found.")
        return door or f"file:{self.home / 'keyring.json'}"

    def outside(self, name: str, file: str) -> str:
        """Return where something is kept outside the database: a `file:` on another disk."""
        store = self._needed(name)
        if store and not store.startswith("file:/"):
            self._wrong(f"{name} names no file: write file:/path on another disk.")
        return store or f"file:{self.home / file}"

    def suite(self) -> str:
        """Return the cipher suite, `aes` or `sm4`."""
        word = self.text("CIPHER_SUITE", "aes").lower()
        if word not in {"aes", "sm4"}:
            self._wrong("CIPHER_SUITE is neither aes nor sm4.")
        return word

    def gateway(self) -> str:
        """
        Return the address of the gateway that sends short messages, with account and secret.

        Without one the embedded home keeps them as files, and production sends none.
        """
        url = self.text("SMS_URL")
        if not url:
            return "" if self.production else f"file:{self.home / 'sms'}"
        parts = urlsplit(url)
        if parts.scheme in {"file", "console"} and self.production:
            self._wrong("SMS_URL only tries messages out: write https://account:secret@host/path.")
        elif parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
            self._wrong("SMS_URL sends people's numbers in clear: write https://account:secret@host/path.")
        elif parts.scheme in {"http", "https"} and not (parts.hostname and parts.password):
            self._wrong("SMS_URL lacks host or secret: write https://account:secret@host/path.")
        elif parts.scheme not in {"https", "http", "file", "console"}:
            self._wrong("SMS_URL is no address of a gateway: write https://account:secret@host/path.")
        return url

    def reference(self) -> str:
        """Return the folder of the HLA nomenclature; empty when there is none yet."""
        folder = self.text("HLA_REFERENCE_DIR")
        if folder and not Path(folder).is_dir():
            self._wrong(f"HLA_REFERENCE_DIR names {folder}, which is no folder.")
        return folder

    def time_zone(self) -> str:
        """Return the time zone people read times in."""
        name = self.text("TIME_ZONE", "Asia/Shanghai")
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            self._wrong("TIME_ZONE names no zone: write one such as Asia/Shanghai.")
            return "UTC"
        return name

    def proxies(self) -> list[str]:
        """Return the proxies whose word on client, host and scheme is taken."""
        try:
            return [str(ip_network(item)) for item in self.items("TRUSTED_PROXIES")]
        except ValueError:
            self._wrong("TRUSTED_PROXIES lists no address: write 10.0.0.2 or 10.0.0.0/24, with commas.")
            return []

    def log_level(self) -> str:
        """Return how much is logged."""
        word = self.text("LOG_LEVEL", "INFO").upper()
        if word in logging.getLevelNamesMapping():
            return word
        self._wrong("LOG_LEVEL is not DEBUG, INFO, WARNING or ERROR.")
        return "INFO"

    def _wrong(self, sentence: str) -> None:
        self.problems.append(sentence)

    def _needed(self, name: str) -> str:
        value = self.text(name)
        if self.production and not value:
            self._wrong(f"{name} is missing: {MISSING[name]}")
        return value


def _answers_to(name: str, host: str) -> bool:
    """Return whether a name is one of those meant by an entry of `ALLOWED_HOSTS`."""
    host = host.lower()
    return name == host.lstrip(".") or (host.startswith(".") and name.endswith(host))


def _kept(file: Path) -> str:
    """Return the secret in a file, made by whoever comes first."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as made:
        made.write(secrets.token_urlsafe(48))
    return file.read_text().strip()


def _sqlite(file: Path) -> dict[str, Any]:
    """Return SQLite with a write-ahead log, locks taken at the start, and deleted bytes overwritten."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {
            "timeout": 30,  # seconds to wait for another writer
            "transaction_mode": "IMMEDIATE",  # two writers queue up instead of failing half-way
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON; PRAGMA synchronous=FULL;",
        },
    }
