"""Watch everything the program writes, says or sends, to look for what must not be there."""

from __future__ import annotations

import base64
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from queue import Empty
from typing import Any
from urllib.parse import quote, quote_plus, unquote

import time_machine
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage, MessageSerializer
from django.core import mail, signing
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from foundation.trail import triggers
from registry.config import logs
from registry.config.celery import app
from tests.pages import title_of

PAGES_OF_FAULTS = frozenset({400, 403, 404, 405, 410, 429, 500, 503})


def spellings(secret: str) -> set[bytes]:
    """Return every way in which a secret could lie in bytes: encodings, escapes, base64 at any offset."""
    written = json.dumps(secret)[1:-1]
    texts = {secret, written, written.upper().replace("\\U", "\\u"), quote(secret), quote_plus(secret)}
    texts |= {quote(secret).lower(), repr(secret.encode())[2:-1], secret.encode("unicode_escape").decode()}
    found = {text.encode() for text in texts}
    found |= {secret.encode(code) for code in ("utf-8", "utf-16-le", "gb18030")}
    if secret.isascii() and secret.lstrip("+").isdigit() and len(secret) >= 11:
        mobile = secret[-11:]
        found |= {sign.join((mobile[:3], mobile[3:7], mobile[7:])).encode() for sign in " -"}
    return found | {piece for plain in tuple(found) for piece in _as_base64(plain) if len(piece) > 7}


def _as_base64(plain: bytes) -> Iterator[bytes]:
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + plain)
        start, end = (0, 2, 3)[before], len(coded) - (0, 4, 3)[(len(plain) + before) % 3]
        piece = coded[start:end]
        yield piece
        yield piece.translate(bytes.maketrans(b"+/", b"-_"))


class Watch:
    """What was heard and seen while somebody worked."""

    def __init__(self) -> None:
        self.lines: list[str] = []  # of the log, as people and as machines read it
        self.addresses: list[str] = []
        self.titles: list[str] = []
        self.headers: list[str] = []
        self.faults: list[str] = []  # whole pages of faults
        self.messages: list[bytes] = []  # of the broker
        self.answers: dict[int, int] = {}  # how often each status was answered

    def places(self) -> dict[str, bytes]:
        """Return everything by the place where it was found."""
        heard = {
            "log": self.lines,
            "address": self.addresses,
            "title": self.titles,
            "header or cookie": self.headers,
            "page of a fault": self.faults,
            "cache": _cached(),
            "session": _sessions(),
            "e-mail": _mails(),
            "home": _files(),
        }
        found = {
            place: "\n".join(things).encode("utf-8", "surrogateescape") for place, things in heard.items()
        }
        return found | {"broker": b"\n".join(self.messages), "trail": _trail()}

    def take_messages(self) -> None:
        """Take what waits in the broker, with bodies decoded."""
        with app.connection_for_read() as broker, broker.SimpleQueue("celery") as queue, suppress(Empty):
            while True:
                message = queue.get_nowait()
                body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
                with suppress(ValueError):
                    body += base64.b64decode(body, validate=True)
                self.messages.append(repr((message.headers, message.properties)).encode() + body)
                message.ack()


class WatchedClient(Client):
    """A browser whose addresses, titles, headers and pages of faults are kept; it never raises."""

    def __init__(self, watch: Watch, **options: Any) -> None:
        super().__init__(raise_request_exception=False, **options)
        self.watch = watch

    def request(self, **request: Any) -> Any:
        """Send a request and keep what may not hold anything personal."""
        response = super().request(**request)
        self._keep(request, response)
        return response

    def _keep(self, request: dict[str, Any], response: HttpResponse) -> None:
        watch, status = self.watch, response.status_code
        watch.answers[status] = watch.answers.get(status, 0) + 1
        watch.addresses += [request["PATH_INFO"], unquote(response.get("Location", ""))]
        watch.headers += [f"{name}: {value}" for name, value in response.items()]
        watch.headers += [
            f"{cookie.OutputString()} {_told_in(cookie)}" for cookie in response.cookies.values()
        ]
        if response.get("Content-Type", "").startswith("text/html"):
            page = response.content.decode()
            watch.titles.append(title_of(page))
            if status in PAGES_OF_FAULTS:
                watch.faults.append(page)


def _told_in(cookie: Any) -> str:
    """Return the messages to the reader that a cookie keeps, which are packed."""
    if cookie.key != CookieStorage.cookie_name or not cookie.value:
        return ""
    signer = signing.get_cookie_signer(salt="django.contrib.messages")
    return str(signer.unsign_object(cookie.value, serializer=MessageSerializer))


class _Ears(logging.Handler):
    """Writes every record in both forms: the one for people, the one for machines."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines
        configured = [logs.configure("INFO", plain=plain)["formatters"]["lines"] for plain in (True, False)]
        self.formatters = [made.pop("()")(**made) for made in configured]

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the lines of a record."""
        self.lines += [formatter.format(record) for formatter in self.formatters]


@contextmanager
def listening(watch: Watch) -> Iterator[None]:
    """Hear the log as an installation writes it, from INFO on."""
    root, ears = logging.getLogger(), _Ears(watch.lines)
    level = root.level
    root.addHandler(ears)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(ears)
        root.setLevel(level)


def watched(
    work: Callable[[Watch], None], blocker: Any, *, at: datetime, faults: int, mistakes: int
) -> dict[str, bytes]:
    """
    Return everything that was written, said or sent while some work was done, by its place.

    For a fixture of a module: the database is empty again afterwards.

    :param faults: how often at least the program was made to fail. :param mistakes: so of what is typed.
    """
    watch = Watch()
    with blocker.unblock():
        try:
            with time_machine.travel(at), listening(watch):
                work(watch)
            places = watch.places() | {"database": raw_database()}
        finally:
            triggers.drop(connection)
            call_command("flush", verbosity=0, interactive=False)
            cache.clear()
    assert watch.answers.get(500, 0) >= faults, watch.answers
    assert watch.answers.get(422, 0) >= mistakes, watch.answers
    return places


def in_clear(secrets: Mapping[str, str], place: bytes) -> list[str]:
    """Return the names of the secrets that lie in a place, however they are written."""
    return [name for name, secret in secrets.items() if any(form in place for form in spellings(secret))]


def raw_database() -> bytes:
    """Return the database as it lies on disk: SQLite's file and log, or every value of PostgreSQL."""
    if connection.vendor == "sqlite":
        file = Path(str(connection.settings_dict["NAME"]))
        return b"".join(
            path.read_bytes()
            for path in (file, Path(f"{file}-wal"), Path(f"{file}-journal"))
            if path.exists()
        )
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own names
            found += [_raw(value) for row in cursor.fetchall() for value in row]
    return b"\n".join(found)


def _raw(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return (value if isinstance(value, str) else repr(value)).encode()


def _cached() -> list[str]:
    stored = getattr(cache, "_cache", {})  # the tests' own: of this process
    return [f"{key} {value!r}" for key, value in stored.items()]


def _sessions() -> list[str]:
    from django.contrib.sessions.models import Session  # noqa: PLC0415 - after the apps are loaded

    return [json.dumps(one.get_decoded(), ensure_ascii=False) for one in Session.objects.all()]


def _mails() -> list[str]:
    return [f"{one.subject}\n{one.message().as_string()}" for one in getattr(mail, "outbox", [])]


def _trail() -> bytes:
    from foundation.trail.models import TrailRow  # noqa: PLC0415 - after the apps are loaded

    rows = TrailRow.objects.values_list("branch", "object", "verb", "by_id", "body")
    return b"\n".join(_raw(value) for row in rows for value in row)


def _files() -> list[str]:
    """Return what lies in the home, the database apart: anchors, ledger, files, mail."""
    home = Path(settings.DATA_DIR)
    own = [path for path in home.rglob("*") if path.is_file() and "sqlite3" not in path.name]
    return [path.name + path.read_bytes().decode("utf-8", "surrogateescape") for path in own]


def broker_file(path: Path) -> bytes:
    """Return the messages of an embedded broker, with their bodies decoded."""
    with closing(sqlite3.connect(path)) as broker:
        payloads = [row[0] for row in broker.execute("SELECT payload FROM kombu_message")]
    bodies = [base64.b64decode(json.loads(payload)["body"]) for payload in payloads]
    return b"\n".join([*(str(payload).encode() for payload in payloads), *bodies])
