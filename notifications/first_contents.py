"""The texts, wordings and programmes that come with the program, and which of them nobody approved yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from consent import actions as consents
from consent.actions.publishing import FIRST
from consent.models import Text
from consent.models.texts import LEGACY, TextQuerySet
from consent.states import TextState
from notifications.programmes import actions as programmes
from notifications.programmes import first as first_programmes
from notifications.programmes.models import Programme
from notifications.programmes.states import ProgrammeState
from notifications.wordings import actions as wordings
from notifications.wordings import first as first_wordings
from notifications.wordings.models import WordingState, WordingVersion

if TYPE_CHECKING:
    from foundation.trail import Actor

BRING_IN: Final = "bring them in with `python3 manage.py words install`, then approve them"
NAMED: Final = 4  # in one sentence; of the others the number is said


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """How many were made now."""

    texts: int
    wordings: int
    programmes: int


@transaction.atomic
def install(*, by: Actor, at: datetime) -> BroughtIn:
    """
    Bring in what comes with the program, all of it as drafts: nobody signs, reads or gets any of it
    before people of the branch approved it on its page.

    Run twice, it changes nothing; what has a version keeps it.
    """
    return BroughtIn(
        texts=len(consents.install_first_texts(by=by, at=at, in_force=False)),
        wordings=len(wordings.install_first_wordings(by=by, at=at, in_use=False)),
        programmes=len(programmes.install_first_programmes(by=by, at=at, in_use=False)),
    )


def unapproved() -> list[str]:
    """Return a sentence for each kind of words that nobody may be asked to sign, or sent, yet."""
    return [*_texts(), *_wordings(), *_programmes()]


def _texts() -> Iterator[str]:
    signed = set(_in_force().values_list("document", flat=True))
    if lacking := [document for document, version in FIRST if version != LEGACY and document not in signed]:
        yield f"No consent text is in force for {_few(lacking)}: {BRING_IN} under Consent texts."
    if unread := sorted(_in_force().filter(approved_by_counsel=False).values_list("document", flat=True)):
        yield f"Counsel has not approved the consent text of {_few(unread)}."


def _in_force() -> TextQuerySet:
    return Text.objects.filter(state=TextState.PUBLISHED)


def _wordings() -> Iterator[str]:
    in_use = WordingVersion.objects.filter(state=WordingState.APPROVED)
    approved = set(in_use.values_list("wording__key", flat=True))
    if lacking := [one.key for one in first_wordings.read() if one.key not in approved]:
        yield f"No words are approved for {_few(lacking)}: {BRING_IN} under Wordings."


def _programmes() -> Iterator[str]:
    in_use = Programme.objects.filter(state=ProgrammeState.PUBLISHED)
    published = set(in_use.values_list("key", flat=True))
    if lacking := [one.key for one in first_programmes.read() if one.key not in published]:
        yield f"No programme is in use for {_few(lacking)}: {BRING_IN} under Programmes."


def _few(names: Collection[str]) -> str:
    shown, more = list(names)[:NAMED], len(names) - NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
