"""What a person takes home: each answer they gave, when and how, with the words they signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from consent import queries
from consent.documents import Line
from consent.models import Text, TextBody
from consent.queries import Row

if TYPE_CHECKING:
    from foundation.access import Branch
    from foundation.vault import Subject


@dataclass(frozen=True, slots=True)
class Signed:
    """A text that was signed, in the language in which it was shown."""

    text: Text
    body: TextBody
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that a person agreed to, declined or took back, as it stands at a moment."""

    subject_id: UUID
    branch: Branch
    at: datetime
    language: str
    rows: list[Row]
    texts: list[Signed]


def of(subject: Subject, *, at: datetime) -> Receipt:
    """Return a person's receipt; ask for the subject with its branch."""
    section = queries.section(subject.pk)
    wanted = {(row.consent.text_id, row.consent.language) for row in section.rows}
    bodies = TextBody.objects.filter(text__in=[text for text, _ in wanted]).select_related("text")
    texts = [
        Signed(body.text, body, body.lines_of(body.text))
        for body in bodies.order_by("text__document", "-text__version", "language")
        if (body.text_id, body.language) in wanted
    ]
    return Receipt(subject.pk, subject.branch, at, subject.language, section.rows, texts)
