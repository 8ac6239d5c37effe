"""Read the settings of one installation from the environment, each with a sentence when it is wrong.

With nothing set the program uses the embedded home (`DATA_DIR`): SQLite, an SQLite broker,
a keyring file, an anchor file and a generated secret key. A wrong value is never guessed at.
"""

import logging
import os
import secrets
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
KEYRING_DOORS = ("file:", "env:", "command:")
BROKERS = ("sqla+", "redis://", "rediss://", "memory://")
EXAMPLES = ("change", "example", "insecure", "secret", "password", "xxxx")
SHORTEST_SECRET = 50  # characters; Django's own deployment check W009 asks for as many


class Environment:
    """The environment of one installation, read once, when the settings are loaded."""

    def __init__(self, values: Mapping[str, str], base: Path) -> None:
        self.values = values
        self.base = base
        self.home = Path(values.get("DATA_DIR") or base / "var").absolute()
        self.server = bool(values.get("DATABASE_URL"))
        self.production = self.server or self._says_no("DEBUG")

    def _says_no(self, name: str) -> bool:
        return name in self.values and not self.flag(name, default=True)

    def text(self, name: str, default: str = "") -> str:
        """Return a setting as it stands, without surrounding spaces."""
        return self.values.get(name, "").strip() or default

    def items(self, name: str) -> list[str]:
        """Return a setting that lists things with commas between them."""
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def flag(self, name: str, *, default: bool) -> bool:
        """
        Return a setting that says yes or no.

        :raises ImproperlyConfigured: if it says anything else.
        """
        word = self.text(name).lower()
        if not word:
            return default
        if word in TRUE | FALSE:
            return word in TRUE
        raise ImproperlyConfigured(f"{name} says neither true nor false: write {name}=true or {name}=false.")

    def must(self, name: str, why: str) -> str:
        """
        Return a setting that production cannot do without.

        :raises ImproperlyConfigured: if it is empty, saying why it is needed.
        """
        if value := self.text(name):
            return value
        raise ImproperlyConfigured(f"{name} is missing: {why}")

    def make_home(self) -> Path:
        """
        Return the embedded home, made if it is not there.

        :raises ImproperlyConfigured: if it cannot be made.
        """
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise ImproperlyConfigured(
                f"DATA_DIR names {self.home}, which cannot be made: {fault.strerror}. "
                "Name a folder that this user may write to."
            ) from fault
        return self.home

    def debug(self) -> bool:
        """Return whether a developer asked to see faults in full; never unasked for."""
        return self.flag("DEBUG", default=False)

    def secret_key(self) -> str:
        """
        Return the key that signs sessions and links; the embedded home keeps its own in a file.

        :raises ImproperlyConfigured: if production has none, or one from an example.
        """
        key = self.text("SECRET_KEY")
        if key:
            return _strong(key)
        if self.production:
            self.must("SECRET_KEY", "it signs sessions and links. Make one with `openssl rand -base64 48`.")
        return _kept(self.make_home() / "secret_key")

    def allowed_hosts(self) -> list[str]:
        """
        Return the host names this installation answers to.

        :raises ImproperlyConfigured: if production has none, or allows every name.
        """
        hosts = self.items("ALLOWED_HOSTS")
        if "*" in hosts:
            raise ImproperlyConfigured("ALLOWED_HOSTS allows every name: list the names people type, with commas.")
        if not hosts and self.production:
            self.must("ALLOWED_HOSTS", "list the names people type, such as relay.example.cn, with commas.")
        return hosts or ["localhost", "127.0.0.1", "[::1]"]

    def database(self) -> dict[str, object]:
        """
        Return the database: PostgreSQL by `DATABASE_URL`, else SQLite in the embedded home.

        :raises ImproperlyConfigured: if the address is not one of those two.
        """
        url = self.text("DATABASE_URL")
        if not url:
            return _sqlite(self.make_home() / "relay.sqlite3")
        scheme = url.partition(":")[0]
        if scheme in {"postgres", "postgresql"}:
            return {**environ.Env.db_url_config(url), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        if scheme == "sqlite":
            return _sqlite(Path(url.removeprefix("sqlite:///")))
        raise ImproperlyConfigured(
            "DATABASE_URL is not an address of PostgreSQL: write postgres://user:password@host:5432/name, "
            "or leave it out for SQLite in DATA_DIR."
        )

    def broker(self) -> str:
        """
        Return where tasks queue: Redis by `BROKER_URL`, else SQLite in the embedded home.

        :raises ImproperlyConfigured: if the address is neither.
        """
        url = self.text("BROKER_URL")
        if not url:
            return f"sqla+sqlite:///{self.make_home() / 'broker.sqlite3'}"
        if url.startswith(BROKERS):
            return url
        raise ImproperlyConfigured("BROKER_URL is not an address of Redis: write redis://host:6379/0.")

    def cache(self) -> dict[str, object]:
        """
        Return the cache that workers share: Redis by `CACHE_URL`, else files in the embedded home.

        :raises ImproperlyConfigured: if the address is not one of Redis.
        """
        url = self.text("CACHE_URL")
        if not url:
            folder = self.make_home() / "cache"
            return {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(folder)}
        if url.startswith(("redis://", "rediss://")):
            return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
        raise ImproperlyConfigured("CACHE_URL is not an address of Redis: write redis://host:6379/1.")

    def email(self) -> dict[str, object]:
        """
        Return Django's e-mail settings from `EMAIL_URL`; without one, messages become files in the home.

        :raises ImproperlyConfigured: if the address is not one of a mail server.
        """
        url = self.text("EMAIL_URL")
        if not url:
            folder = str(self.home / "mail")
            return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": folder}
        if url.startswith(("smtp://", "smtps://", "smtp+tls://", "smtp+ssl://")):
            found: dict[str, object] = environ.Env.email_url_config(url.replace("smtps://", "smtp+ssl://"))
            return {key: value for key, value in found.items() if key.startswith("EMAIL_")}
        raise ImproperlyConfigured("EMAIL_URL is not an address of a mail server: write smtp://host:port.")

    def keyring(self) -> str:
        """
        Return where the keys are: `file:…`, `env:…` or `command:…`.

        :raises ImproperlyConfigured: if production names none, or it is none of the three.
        """
        door = self.text("KEYRING")
        if not door and self.production:
            self.must("KEYRING", "without keys no personal field can be read. Write file:/path, env:NAME or command:…")
        door = door or f"file:{self.home / 'keyring.json'}"
        if door.startswith(KEYRING_DOORS):
            return door
        raise ImproperlyConfigured("KEYRING says neither file:…, env:… nor command:…, so the keys cannot be found.")

    def outside(self, name: str, file: str) -> str:
        """
        Return where something is kept outside the database: a `file:` of its own, or another store.

        :raises ImproperlyConfigured: if production names none.
        """
        if self.production and not self.text(name):
            self.must(name, "it keeps a record outside the database. Write file:/path on another disk.")
        return self.text(name, f"file:{self.home / file}")

    def suite(self) -> str:
        """
        Return the cipher suite, `aes` or `sm4`.

        :raises ImproperlyConfigured: if it is another word.
        """
        word = self.text("CIPHER_SUITE", "aes").lower()
        if word in {"aes", "sm4"}:
            return word
        raise ImproperlyConfigured("CIPHER_SUITE is neither aes nor sm4.")

    def time_zone(self) -> str:
        """
        Return the time zone people read times in.

        :raises ImproperlyConfigured: if there is none of that name.
        """
        name = self.text("TIME_ZONE", "Asia/Shanghai")
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as fault:
            raise ImproperlyConfigured("TIME_ZONE names no zone: write one such as Asia/Shanghai.") from fault
        return name

    def proxies(self) -> list[str]:
        """
        Return the addresses of the proxies whose word on client, host and scheme is taken.

        :raises ImproperlyConfigured: if one is not an address or a network.
        """
        try:
            return [str(ip_network(item)) for item in self.items("TRUSTED_PROXIES")]
        except ValueError as fault:
            raise ImproperlyConfigured(
                "TRUSTED_PROXIES lists something that is no address: write 10.0.0.2 or 10.0.0.0/24, with commas."
            ) from fault

    def log_level(self) -> str:
        """
        Return how much is logged.

        :raises ImproperlyConfigured: if there is no such level.
        """
        word = self.text("LOG_LEVEL", "INFO").upper()
        if word in logging.getLevelNamesMapping():
            return word
        raise ImproperlyConfigured("LOG_LEVEL is not DEBUG, INFO, WARNING or ERROR.")


def _strong(key: str) -> str:
    if len(key) < SHORTEST_SECRET or any(word in key.lower() for word in EXAMPLES):
        raise ImproperlyConfigured(
            f"SECRET_KEY is short or taken from an example: make {SHORTEST_SECRET} or more random characters "
            "with `openssl rand -base64 48`."
        )
    return key


def _kept(file: Path) -> str:
    """Return the secret in a file, made at the first time by whoever comes first."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as made:
        made.write(secrets.token_urlsafe(48))
    return file.read_text().strip()


def _sqlite(file: Path) -> dict[str, object]:
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
