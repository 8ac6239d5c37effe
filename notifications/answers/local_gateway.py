"""What the local gateway and the mail catcher of a demo keep as files; read by their pages alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http.request import validate_host
from django.utils.dateparse import parse_datetime

from foundation.ids import uuid7
from notifications.channels import gateway

SHOWN_MOST: Final = 400  # newest files that are read
_LINK: Final = re.compile(
    r"https?://(?P<host>[\w.-]+|\[[0-9a-f:]+\])(:\d+)?(?P<path>(/[\w~-]+)+/?)", re.ASCII
)
_REPLY: Final = ".reply.json"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a message; those of a link to a page of ours say where it stands."""

    words: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One short message, or an answer typed on the phone."""

    id: UUID
    number: str
    text: str
    at: datetime
    channel: str
    mine: bool = False

    @property
    def pieces(self) -> list[Piece]:
        """Its words, with links to open."""
        return pieces(self.text)


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail as the catcher shows it: plain words only."""

    id: UUID
    at: datetime
    to: str
    sender: str
    subject: str
    text: str
    unsubscribe: str = ""

    @property
    def pieces(self) -> list[Piece]:
        """Its words, with links to open."""
        return pieces(self.text)


def folder() -> Path | None:
    """Return where the local gateway keeps messages; None where a real one sends them."""
    line = gateway.line()
    if settings.PRODUCTION or line is None or line.scheme != "file":
        return None
    return Path(line.path)


def mail_folder() -> Path | None:
    """Return where e-mails are kept; None where a mail server sends them."""
    kept = getattr(settings, "EMAIL_FILE_PATH", None)
    if settings.PRODUCTION or not kept or str(settings.EMAIL_BACKEND).endswith("smtp.EmailBackend"):
        return None
    return Path(kept)


def bubbles(where: Path) -> list[Bubble]:
    """Return what the phones have, the newest first."""
    found = [bubble for file in _newest(where, "*.json") if (bubble := _bubble(file))]
    return sorted(found, key=lambda one: one.at, reverse=True)


def keep_reply(where: Path, to: Bubble, text: str, *, at: datetime) -> UUID:
    """Keep what was typed on the phone, and return its id."""
    number = uuid7()
    told = {"id": str(number), "at": at.isoformat(), "to": to.number, "text": text, "channel": to.channel}
    (where / f"{number}{_REPLY}").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return number


def mails(where: Path) -> list[Mail]:
    """Return the e-mails, the newest first."""
    found = [mail for file in _newest(where, "*.eml") if (mail := _mail(file))]
    return sorted(found, key=lambda one: one.at, reverse=True)


def mail_of(where: Path, pk: UUID) -> Mail | None:
    """Return one e-mail."""
    file = where / f"{pk}.eml"
    return _mail(file) if file.is_file() else None


def pieces(text: str) -> list[Piece]:
    """
    Cut a message where links to our own pages begin and end; nobody else's address becomes a link.

    Only the path is followed: what was sent before the demo knew its port opens too.
    """
    found, end = [], 0
    for link in _LINK.finditer(text):
        if validate_host(link["host"], settings.ALLOWED_HOSTS):
            found += [Piece(text[end : link.start()]), Piece(link[0], link["path"])]
            end = link.end()
    return [piece for piece in (*found, Piece(text[end:])) if piece.words]


def _newest(where: Path, pattern: str) -> Iterator[Path]:
    """Return the newest files; their names are ids that begin with the moment."""
    names = sorted((file for file in where.glob(pattern) if not file.name.startswith(".")), reverse=True)
    yield from names[:SHOWN_MOST]


def _bubble(file: Path) -> Bubble | None:
    try:
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        at = parse_datetime(str(told["at"]))
        sign = f"【{told['sign']}】" if told.get("sign") else ""
        text = f"{sign}{told['text']}"
        mine = file.name.endswith(_REPLY)
        if at is None:
            return None
        return Bubble(UUID(told["id"]), str(told["to"]), text, at, str(told["channel"]), mine)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _mail(file: Path) -> Mail | None:
    try:
        told = message_from_bytes(file.read_bytes(), policy=policy.default)
        plain = told.get_body(("plain",)) if isinstance(told, EmailMessage) else None
        at = told["Date"].datetime
        text = plain.get_content() if plain else ""
        to, sender, subject, stops = (
            str(told.get(name, "")) for name in ("To", "From", "Subject", "List-Unsubscribe")
        )
        return Mail(UUID(file.stem), at, to, sender, subject, text, stops)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
