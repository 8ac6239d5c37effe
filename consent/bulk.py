"""Record what many people signed on paper, for sheets that come in at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from consent.actions.recording import HPC, NotAsked
from consent.models import Consent, Evidence, Text
from consent.models.texts import LEGACY
from consent.purposes import Purpose
from consent.states import EvidenceKind, State, TextState
from foundation import rows
from foundation.ids import uuid7
from foundation.moves.making import setattr_state
from foundation.moves.many import step_into
from foundation.moves.models import Step
from foundation.trail import Actor

if TYPE_CHECKING:
    from foundation.vault import Subject


class Paper(NamedTuple):
    """What one person signed on paper, not saved yet: the scan is to come, a second person verifies it."""

    evidence: rows.Cut
    consents: list[rows.Cut]
    steps: list[rows.Cut]


@dataclass(frozen=True, slots=True, eq=False)
class PaperText:
    """A text as the paper forms of a drive carried it, read once for all their signers."""

    text: Text
    language: str
    sha256: str
    places: dict[Purpose, tuple[str, str]]

    @classmethod
    def of(cls, text: Text, *, language: str, purposes: Collection[Purpose]) -> PaperText:
        """
        Read a text for these purposes.

        :raises NotAsked: if it is a draft or stands for older papers, or does not ask for a purpose.
        """
        if text.version == LEGACY or text.state == TextState.DRAFT:
            raise NotAsked(
                [_("This text was never signed on paper. Choose the one on the forms.")], move="record"
            )
        places = {
            purpose: (line.key, slot.key)
            for line in text.structure()
            for slot in line.slots
            for purpose in slot.purposes
            if purpose in purposes
        }
        if set(purposes) - set(places):
            raise NotAsked([_("This text does not ask for that.")], move="record")
        return cls(text, language, text.bodies.get(language=language).sha256, places)

    @classmethod
    def of_the_records(cls, *, language: str) -> PaperText:
        """
        Read the text that stands for papers from before this program, whose words nobody knows.

        Source: domain.md section 2, ``take_over``
        """
        text = Text.objects.get(document=HPC, version=LEGACY)
        places = dict.fromkeys(text.uses(), ("legacy", "legacy"))
        return cls(text, language, text.bodies.get(language=language).sha256, places)


def signed_on_paper(
    subject: Subject, paper: PaperText, *, by: Actor, at: datetime, recorded_at: datetime
) -> Paper:
    """
    Return the consents one new person signed, not saved.

    The caller has asked for the right, and inserts them with the person in one transaction.

    :param at: the day of the paper.
    """
    like = _Alike(EvidenceKind.PAPER, "", "sign", State.SIGNED, by, at, recorded_at)
    return _answered(subject, paper, like)


def kept_in_a_box(
    subject: Subject, paper: PaperText, *, box: str, by: Actor, at: datetime, recorded_at: datetime
) -> Paper:
    """
    Return the consents of one person whose paper is from before this program, in force and not saved.

    :param paper: ``PaperText.of_the_records``. :param box: where the paper lies.
    """
    like = _Alike(EvidenceKind.PAPER_BOX, box, "take_over", State.ACTIVE, by, at, recorded_at)
    return _answered(subject, paper, like)


@dataclass(frozen=True, slots=True)
class _Alike:
    """What the papers of one day have in common."""

    kind: EvidenceKind
    box: str
    move: str
    state: State
    by: Actor
    at: datetime
    recorded_at: datetime


def _answered(subject: Subject, paper: PaperText, like: _Alike) -> Paper:
    evidence, consents = _stencils(paper, like)
    evidence_id = uuid7()
    ids = [uuid7() for _ in consents]
    return Paper(
        evidence.cut(evidence_id, subject.pk),
        [one.cut(pk, subject.pk, evidence_id) for one, pk in zip(consents, ids, strict=True)],
        [
            step_into(
                like.state, (Consent, pk), like.move, by=like.by, at=like.at, recorded_at=like.recorded_at
            )
            for pk in ids
        ],
    )


@lru_cache(maxsize=64)
def _stencils(paper: PaperText, like: _Alike) -> tuple[rows.Stencil, list[rows.Stencil]]:
    evidence = Evidence(kind=like.kind, taken_at=like.at, box=like.box, **like.by.columns())
    consents = []
    for purpose, (line, slot) in paper.places.items():
        consent = Consent(
            purpose=purpose,
            text=paper.text,
            language=paper.language,
            text_sha256=paper.sha256,
            line=line,
            slot=slot,
            answered_at=like.at,
            **like.by.columns(),
        )
        setattr_state(consent, like.state)
        consents.append(rows.Stencil(consent, "id", "subject_id", "evidence_id"))
    return rows.Stencil(evidence, "id", "subject_id"), consents


def insert(papers: Sequence[Paper]) -> None:
    """Insert what was signed, within the caller's transaction."""
    rows.insert(Evidence, (paper.evidence for paper in papers))
    rows.insert(Consent, (one for paper in papers for one in paper.consents))
    rows.insert(Step, (step for paper in papers for step in paper.steps))
