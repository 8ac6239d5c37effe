"""
Hand one message to the gateway that `SMS_URL` names, and tell surely, surely not and unclear apart.

Until the line stands nothing has left. From the first byte of the request on only the gateway's own
answer tells: a 4xx is a no, whatever else comes, or does not come, is unclear. A 409 says that it was
taken before: of a message that is tried again, by us.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone

from notifications.channels.gateway import signing
from notifications.channels.handing_over import NotHandedOver, Receipt, Unclear, in_time

NO_GATEWAY: Final = "no_gateway"
NO_CONNECTION: Final = "gateway_no_connection"
BUSY: Final = frozenset({408, 425, 429})
NOT_OURS: Final = frozenset({401, 403, 404})  # our key or address is wrong: no fault of the message
TAKEN_BEFORE: Final = 409
_LONGEST_ANSWER: Final = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Line:
    """Where messages go, with the account and the secret they are signed with."""

    scheme: str
    host: str = ""
    port: int | None = None
    path: str = "/"
    account: str = ""
    secret: str = field(default="", repr=False)

    def send(
        self, key: str, message: Mapping[str, Any], *, began: float | None = None, again: bool = False
    ) -> Receipt:
        """
        Hand a message over.

        :param key: of the message: the gateway takes it once.
        :param began: when its hand-over began, by the monotonic clock; without it, now.
        :param again: whether it was tried before: one that the gateway had by then is with it.
        :raises NotHandedOver: if it surely was not. :raises Unclear: if nobody can tell.
        """
        if self.scheme == "file":
            return _into_folder(Path(self.path), key, message)
        if self.scheme == "console":
            sys.stdout.write(json.dumps({"id": key, **message}, ensure_ascii=False) + "\n")
            return Receipt(provider_id=key)
        status, told = self._by_http(key, message, began=time.monotonic() if began is None else began)
        if again and status == TAKEN_BEFORE:
            return Receipt(provider_id=_id(told))
        return _understood(status, told)

    def _by_http(self, key: str, message: Mapping[str, Any], *, began: float) -> tuple[int, dict[str, Any]]:
        """Return the status of the gateway's answer, and what it told."""
        body = json.dumps({"id": key, **message}, ensure_ascii=False).encode()
        signed = signing.headers(self.secret, key=key, body=body, at=timezone.now())
        told = {"Content-Type": "application/json; charset=utf-8", "X-Relay-Account": self.account, **signed}
        with closing(self._connected()) as connection:
            in_time(began)
            try:
                connection.request("POST", self.path, body=body, headers=told)
                answer = connection.getresponse()
                said = answer.read(_LONGEST_ANSWER)
            except (OSError, HTTPException) as fault:
                raise Unclear("gateway_line_broke") from fault
        return answer.status, _json(said)

    def _connected(self) -> HTTPConnection:
        """Return the line, open, with the certificate checked; nothing of the message has left."""
        seconds = settings.GATEWAY_CONNECT_SECONDS
        if self.scheme == "https":
            safe = ssl.create_default_context()
            connection: HTTPConnection = HTTPSConnection(self.host, self.port, timeout=seconds, context=safe)
        else:
            connection = HTTPConnection(self.host, self.port, timeout=seconds)
        try:
            connection.connect()
            open_socket: socket.socket = connection.sock
            open_socket.settimeout(settings.GATEWAY_ANSWER_SECONDS)
        except (OSError, HTTPException) as fault:
            connection.close()
            raise NotHandedOver(NO_CONNECTION) from fault
        return connection


def line() -> Line | None:
    """Return the line that `SMS_URL` names: `https://account:secret@host/path`, `file:/folder`; or None."""
    if not settings.SMS_URL:
        return None
    parts = urlsplit(settings.SMS_URL)
    if parts.scheme in {"file", "console"}:
        return Line(parts.scheme, path=unquote(parts.path))
    return Line(
        parts.scheme,
        host=parts.hostname or "",
        port=parts.port,
        path=parts.path + (f"?{parts.query}" if parts.query else "") or "/",
        account=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
    )


def _understood(status: int, told: Mapping[str, Any]) -> Receipt:
    """Read the gateway's answer."""
    if 200 <= status < 300:  # noqa: PLR2004 every success
        return Receipt(provider_id=_id(told))
    if status == TAKEN_BEFORE:
        raise Unclear("gateway_had_it")
    if status in BUSY:
        raise NotHandedOver("gateway_busy")
    if status in NOT_OURS:
        raise NotHandedOver("gateway_refuses_us")
    if 400 <= status < 500:  # noqa: PLR2004 it was read, and refused
        raise NotHandedOver(_code(told), permanent=True)
    if 300 <= status < 400:  # noqa: PLR2004 a POST is followed nowhere
        raise NotHandedOver("gateway_moved")
    raise Unclear("gateway_failed")


def _id(told: Mapping[str, Any]) -> str:
    return str(told.get("id") or "")[:128]


def _code(told: Mapping[str, Any]) -> str:
    code = str(told.get("code") or "")
    known = {"invalid_number", "unsubscribed", "blocked", "template", "sign", "content"}
    return f"gateway_{code}" if code in known else "gateway_refused"


def _json(said: bytes) -> dict[str, Any]:
    try:
        told = json.loads(said)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _into_folder(folder: Path, key: str, message: Mapping[str, Any]) -> Receipt:
    """Write a message as a file of its own, once: the gateway of a demo, which another page reads."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole = json.dumps({"id": key, "at": timezone.now().isoformat(), **message}, ensure_ascii=False)
        handle = os.open(folder / f"{key}.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Receipt(provider_id=key)
    except OSError as fault:
        raise NotHandedOver("gateway_no_folder") from fault
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(whole)
        file.flush()
        os.fsync(file.fileno())
    return Receipt(provider_id=key)
