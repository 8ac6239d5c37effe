"""What must be true before a text is published, or a consent verified or restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consent import documents
from consent.states import TextState

if TYPE_CHECKING:
    from consent.models import Consent, Text
    from foundation.moves import Move


def evidence_is_there(move: Move[Consent]) -> bool:
    """Return whether there is something to look at, and it was not sent back."""
    evidence = move.object.evidence
    return evidence is not None and not evidence.is_missing and evidence.returned_at is None


def verifier_is_not_the_taker(move: Move[Consent]) -> bool:
    """
    Return whether another person took the consent.

    Source: domain.md section 6, "by a second person".
    """
    return move.object.by_id != move.actor.id


def verifier_is_not_the_witness(move: Move[Consent]) -> bool:
    """Return whether another person witnessed it."""
    evidence = move.object.evidence
    return evidence is None or evidence.witness_id in ("", None) or evidence.witness_id != move.actor.id


def is_whole_in_every_language(move: Move[Text]) -> bool:
    """Return whether the text has words for every line in each language, and its hashes are right."""
    text = move.object
    bodies = {body.language: body for body in text.bodies.all()}
    if set(bodies) != set(documents.LANGUAGES):
        return False
    return all(_is_whole(text, body.language, body.words, body.sha256) for body in bodies.values())


def _is_whole(text: Text, language: str, words: dict[str, object], sha256: str) -> bool:
    try:
        documents.with_words(documents.structure(text.lines), words)
    except documents.BadText:
        return False
    return bool(words.get("title")) and sha256 == documents.digest(
        text.document, text.version, language, text.lines, words
    )


def older_version_is_retired(move: Move[Text]) -> bool:
    """Return whether no other version of the document is in force."""
    text = move.object
    others = type(text).objects.filter(document=text.document, state=TextState.PUBLISHED)
    return not others.exclude(pk=text.pk).exists()
