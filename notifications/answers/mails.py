"""Read e-mails that came back or answer one of ours; pure. Nothing but our own id in them is believed.

Source: RFC 3464 (delivery status), RFC 3834 (answers by machines), RFC 5322 (what an answer refers to)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parseaddr
from typing import Final
from uuid import UUID

LARGEST: Final = 10 * 1024 * 1024  # bytes of one e-mail that is read
_ID: Final = re.compile(r"<([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})@", re.IGNORECASE)
_PARTS_MOST: Final = 50
_QUOTED: Final = re.compile(r"^\s*>|^-{2,}\s*(original message|原始邮件|原始郵件)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CameBack:
    """One of our e-mails could not be delivered. Where it is not for good, nothing follows from it."""

    ours: UUID
    for_good: bool
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """Somebody wrote; ``ours`` is the e-mail they answer, where they do."""

    id: str
    ours: UUID | None
    sender: str = field(repr=False)
    words: str = field(repr=False)


def read(raw: bytes) -> CameBack | Reply | None:
    """Return what an e-mail says; None for what a machine wrote by itself, or nobody can read."""
    if len(raw) > LARGEST:
        return None
    mail = message_from_bytes(raw, policy=policy.default)
    try:
        if mail.get_content_type() == "multipart/report":
            return _came_back(mail)
        if _by_a_machine(mail):
            return None
        return _reply(mail)
    except (LookupError, ValueError, TypeError, AttributeError):  # the standard library on broken headers
        return None


def _came_back(mail: Message) -> CameBack | None:
    ours = next((found for part in _parts(mail) for found in [_original(part)] if found), None)
    if ours is None:
        return None
    for status in (part for part in _parts(mail) if part.get_content_type() == "message/delivery-status"):
        for block in _blocks(status):
            if (block.get("Action") or "").strip().lower() == "failed":
                code = (block.get("Status") or "").strip()
                address = str(block.get("Final-Recipient") or "").partition(";")[2].strip()
                return CameBack(ours, code.startswith("5"), address)
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
    sender = parseaddr(str(mail.get("From", "")))[1]
    number = str(mail.get("Message-ID", "")).strip()
    if not sender or not number:
        return None
    refers = f"{mail.get('In-Reply-To', '')} {mail.get('References', '')}"
    return Reply(number[:128], _ours(refers), sender, _words(mail))


def _by_a_machine(mail: Message) -> bool:
    answered = str(mail.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return answered not in {"", "no"} or precedence in {"bulk", "junk", "auto_reply", "list"}


def _words(mail: Message) -> str:
    """Return what was written, without what was quoted of ours."""
    plain = next((part for part in _parts(mail) if part.get_content_type() == "text/plain"), None)
    text = _text(plain) if plain is not None else ""
    lines: list[str] = []
    for line in text.splitlines():
        if _QUOTED.search(line):
            break
        lines.append(line)
    return "\n".join(lines).strip()


def _text(part: Message) -> str:
    if isinstance(part, EmailMessage):
        content = part.get_content()
        return content if isinstance(content, str) else str(content, "utf-8", "replace")
    raw = part.get_payload(decode=True)
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


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
