"""Write one message: the approved words of its channel and language, with every field filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from foundation import standing
from foundation.standing import TEXT, Asked, slot
from notifications.channel_names import Channel
from notifications.wordings import fields, sandbox
from notifications.wordings.fields import Addressee, Kind
from notifications.wordings.models import WordingBody, WordingState, WordingVersion


class NoWording(LookupError):
    """No words are approved for this occasion, channel and language."""


class FieldMissing(ValueError):
    """Fields of a wording have no value for this person: nothing is sent with a gap."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"No value for {', '.join(self.names)}.")


@dataclass(frozen=True, slots=True)
class Rendered:
    """Words as they are handed over. ``html`` is there for e-mail and letters alone."""

    subject: str
    text: str
    html: str
    version: WordingVersion


def approved(key: str, channel: str, language: str) -> WordingBody | None:
    """Return the approved words of an occasion for a channel in a language, its version and wording read."""
    found = _APPROVED.ask(key=key, channel=channel, language=language)
    return _body(found[0][0]) if found else None


def asked(key: str, channel: str, language: str) -> Asked:
    """Return what ``approved`` will ask, to be asked with other things."""
    return _APPROVED.about(key=key, channel=channel, language=language)


@lru_cache(maxsize=512)
def _body(pk: UUID) -> WordingBody:
    """Read words once in a process: those that were approved are never changed."""
    return WordingBody.objects.select_related("version__wording").get(pk=pk)


def needed(key: str, channel: str, language: str) -> frozenset[str]:
    """Return the fields that the approved words need; of no words, none."""
    body = approved(key, channel, language)
    return _names(body) if body else frozenset()


def render(
    key: str, channel: str, recipient: Addressee, given: Mapping[str, Any], *, at: datetime
) -> Rendered:
    """
    Return a message as it will be read.

    :param given: the fields that come with the message: dates, places, links; never a personal one.
    :param at: the moment it is written.
    :raises NoWording: if no words are approved for it.
    :raises FieldMissing: if a field is unknown or has no value.
    """
    body = approved(key, channel, recipient.language)
    if body is None:
        raise NoWording(f"{key} {channel} {recipient.language}")
    return rendered(body, recipient, given, at=at)


def rendered(body: WordingBody, recipient: Addressee, given: Mapping[str, Any], *, at: datetime) -> Rendered:
    """
    Return a message in approved words that were asked for before, for many who read the same.

    :raises FieldMissing: if a field is unknown or has no value.
    """
    wording = body.version.wording
    values, missing = fields.values(_names(body), wording.audience, recipient, given, at=at)
    if missing:
        raise FieldMissing(missing)
    return write(body, wording.audience, values, language=recipient.language)


def write(body: WordingBody, audience: str, values: Mapping[str, str], *, language: str) -> Rendered:
    """Return words with these values put in; a preview is written by the same lines."""
    text = sandbox.fill(body.text, values).strip()
    subject = sandbox.one_line(sandbox.fill(body.subject, values))
    paragraphs = as_paragraphs(body.text, audience, values)
    html = ""
    if body.channel == Channel.EMAIL:
        context = {"subject": subject, "paragraphs": paragraphs, "language": language}
        html = render_to_string("notifications/wordings/email.html", context)
    elif body.channel == Channel.LETTER:
        html = "".join(format_html("<p>{}</p>", paragraph) for paragraph in paragraphs)
    return Rendered(subject=subject, text=text, html=html, version=body.version)


def as_paragraphs(words: str, audience: str, values: Mapping[str, str]) -> list[SafeString]:
    """Return words as paragraphs of HTML; everything is escaped, and only link fields become links."""
    written = "".join(
        _as_html(piece, audience, values) for piece in sandbox.pieces(words.replace("\r", "").strip())
    )
    blocks = [block.strip("\n") for block in written.split("\n\n")]
    return [mark_safe(block.replace("\n", "<br>")) for block in blocks if block.strip()]  # noqa: S308 - escaped


def _as_html(piece: sandbox.Piece, audience: str, values: Mapping[str, str]) -> str:
    if not piece.field:
        return escape(piece.text)
    value = values[piece.text]
    field = fields.KNOWN.get(audience, {}).get(piece.text)
    if field is not None and field.kind is Kind.LINK:
        return format_html('<a href="{}">{}</a>', value, value)
    return escape(value)


def _names(body: WordingBody) -> frozenset[str]:
    return sandbox.names(body.subject) | sandbox.names(body.text)


_APPROVED: Final = standing.Question(
    lambda: WordingBody.objects.filter(
        version__wording__key=slot("key", TEXT),
        version__state=WordingState.APPROVED,
        channel=slot("channel", TEXT),
        language=slot("language", TEXT),
    ).values_list("pk")
)
