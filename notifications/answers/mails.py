"""Read e-mails that came back or answer one of ours; pure. Nothing but our own id in them is believed.

Source: RFC 3464 (delivery status), RFC 3834 (answers by machines), RFC 5322 (what an answer refers to)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parseaddr
from typing import Final
from uuid import UUID

from notifications.answers import markup

LARGEST: Final = 10 * 1024 * 1024  # bytes of one e-mail that are read; what was written stands in front
_ID: Final = re.compile(r"<([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})@", re.IGNORECASE)
_PARTS_MOST: Final = 50
BROKEN: Final = (LookupError, ValueError, TypeError, AttributeError)  # the standard library on broken headers
_QUOTED: Final = re.compile(r"^\s*>|^-{2,}\s*(original message|原始邮件|原始郵件)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CameBack:
    """One of our e-mails could not be delivered. Where it is not for good, nothing follows from it."""

    ours: UUID
    for_good: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """Somebody wrote; ``ours`` is the e-mail they answer, where they do."""

    id: str
    ours: UUID | None
    sender: str = field(repr=False)
    words: str = field(repr=False)


def read(raw: bytes) -> CameBack | Reply | None:
    """
    Return what an e-mail says; None for what a machine wrote by itself, or nobody can read.

    One that answers ours is an answer whatever else of it cannot be read.
    """
    mail = message_from_bytes(raw[:LARGEST], policy=policy.default)
    try:
        if mail.get_content_type() == "multipart/report":
            return _came_back(mail)
        if _by_a_machine(mail):
            return None
        return _reply(mail)
    except BROKEN:
        return None


def _came_back(mail: Message) -> CameBack | None:
    ours = next((found for part in _parts(mail) for found in [_original(part)] if found), None)
    if ours is None:
        return None
    for status in (part for part in _parts(mail) if part.get_content_type() == "message/delivery-status"):
        for block in _blocks(status):
            if (block.get("Action") or "").strip().lower() == "failed":
                code = (block.get("Status") or "").strip()
                return CameBack(ours, for_good=code.startswith("5"))
    return CameBack(ours, for_good=False)


def _original(part: Message) -> UUID | None:
    """Return our id from what came back of the original: the whole e-mail or its headers."""
    kind = part.get_content_type()
    if kind == "message/rfc822":
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        return _ours(str(inner.get("Message-ID", ""))) if isinstance(inner, Message) else None
    if kind in {"text/rfc822-headers", "message/rfc822-headers"}:
        text = _text(part)
        return _ours(next((line for line in text.splitlines() if line.lower().startswith("message-id:")), ""))
    return None


def _reply(mail: Message) -> Reply | None:
    sender = parseaddr(_header(mail, "From"))[1]
    number = _header(mail, "Message-ID").strip()
    ours = _ours(f"{_header(mail, 'In-Reply-To')} {_header(mail, 'References')}")
    if ours is None and not (sender and number):
        return None
    return Reply(number[:128] or f"{ours}:{_header(mail, 'Date')}"[:128], ours, sender, _words(mail))


def _header(mail: Message, name: str) -> str:
    """Return a header, empty where it is not there or cannot be read."""
    try:
        return str(mail.get(name, ""))
    except BROKEN:
        return ""


def _by_a_machine(mail: Message) -> bool:
    answered = (_header(mail, "Auto-Submitted") or "no").strip().lower()
    precedence = _header(mail, "Precedence").strip().lower()
    return answered not in {"", "no"} or precedence in {"bulk", "junk", "auto_reply", "list"}


def _words(mail: Message) -> str:
    """Return what was written, without what was quoted of ours; of HTML where there are no plain words."""
    of_kind = {part.get_content_type(): part for part in reversed(list(_parts(mail)))}  # the first of each
    plain, page = of_kind.get("text/plain"), of_kind.get("text/html")
    text = _text(plain) if plain is not None else ""
    if not text.strip() and page is not None:
        text = markup.plain(_text(page))
    lines: list[str] = []
    for line in text.splitlines():
        if _QUOTED.search(line):
            break
        lines.append(line)
    return "\n".join(lines).strip()


def _text(part: Message) -> str:
    """Return the words of a part, whatever it calls its characters: Chinese ones where nothing else fits."""
    with suppress(*BROKEN):
        chinese = (part.get_content_charset() or "").startswith("gb")  # said of what is GB 18030
        if isinstance(part, EmailMessage) and not chinese:
            content = part.get_content()
            return content if isinstance(content, str) else str(content, "utf-8", "replace")
    with suppress(*BROKEN):
        raw = part.get_payload(decode=True)
        return _decoded(raw) if isinstance(raw, bytes) else ""
    return ""


def _decoded(raw: bytes) -> str:
    with suppress(UnicodeDecodeError):
        return raw.decode("utf-8")
    return raw.decode("gb18030", "replace")


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _parts(mail: Message) -> Iterator[Message]:
    for count, part in enumerate(mail.walk()):
        if count >= _PARTS_MOST:
            return
        yield part


def _ours(text: str) -> UUID | None:
    found = _ID.search(text)
    return UUID(found[1]) if found else None
