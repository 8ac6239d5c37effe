"""Record what a person answered: shown, signed, declined, or taken over from paper of before."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from consent import evidence as proofs
from consent.actions.withdrawing import withdraw
from consent.evidence import NewEvidence
from consent.models import Consent, Evidence, TeachBack, Text, TextBody
from consent.models.texts import LEGACY
from consent.purposes import CORE, Purpose
from consent.states import IN_FORCE, EvidenceKind, State, TextState
from foundation import moves, vault

if TYPE_CHECKING:
    from consent.forms import TeachBackAnswers
    from foundation.trail import Actor
    from foundation.vault import Subject

# What a paper list of a drive gives. Source: domain.md section 6, "contact_phone only".
PAPER_SHEET = frozenset({*CORE, Purpose.CONTACT_PHONE})
HPC = "hpc_recruitment"


class NotAsked(moves.Refused):
    """The text cannot be signed, or does not ask for this."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What all answers of one signing share."""

    subject: Subject
    text: Text
    language: str
    sha256: str
    by: Actor
    at: datetime
    recorded_at: datetime | None
    on: Any
    matter: str
    ends_on: date | None = None

    def begin(self, consents: Sequence[Consent], move: str) -> list[Consent]:
        """Make the records of one signing."""
        moves.begin_many(consents, move, by=self.by, at=self.at, on=self.on, recorded_at=self.recorded_at)
        return list(consents)

    def consent(self, purpose: Purpose, place: tuple[str, str], proof: Evidence | None) -> Consent:
        """Return a record that is not saved yet."""
        return Consent(
            subject=self.subject,
            purpose=purpose,
            matter=self.matter,
            text=self.text,
            language=self.language,
            text_sha256=self.sha256,
            line=place[0],
            slot=place[1],
            evidence=proof,
            answered_at=self.at,
            ends_on=self.ends_on,
            **self.by.columns(),
        )


@transaction.atomic
def record(
    subject: Subject,
    *,
    text: Text,
    language: str,
    given: Collection[Purpose],
    evidence: NewEvidence,
    by: Actor,
    at: datetime,
    declined: Collection[Purpose] = (),
    on: Any = None,
    matter: str = "",
    teach_back: TeachBackAnswers | None = None,
    ends_on: date | None = None,
    recorded_at: datetime | None = None,
) -> list[Consent]:
    """
    Record one signing: a consent for each purpose given, and the noes.

    Signed on the screen with the document seen they are in force at once; on paper or
    before a witness they wait for a second person. An earlier consent to the same gives
    way when the new one comes into force; a no to what stands takes it back.

    :param on: what the right is asked of; by default the person.
    :param recorded_at: when it was entered, where that is later than ``at``.
    :returns: the consents given, in the order of the text.
    :raises NotAsked: if the text is not one that is signed, or does not ask for a purpose.
    :raises EvidenceProblem: if a signature or the witness of a yes is missing.
    :raises moves.NotAllowed: if the actor may not.
    """
    vault.lock(subject.pk)
    places = _places(text, given, declined, evidence)
    body = text.bodies.get(language=language)
    if given:  # a no needs neither signature nor witness
        proofs.check(evidence, slots={places[purpose][1] for purpose in given}, taker_id=by.id)
    answer = _Answer(
        subject, text, language, body.sha256, by, at, recorded_at, on or subject, matter, ends_on
    )
    proof = _keep(evidence, answer) if given else None
    _take_back(answer, declined)
    _answered(answer, [answer.consent(p, places[p], None) for p in sorted(declined)], "decline")
    move = "sign_on_screen" if evidence.in_force_at_once else "sign"
    signed = [answer.consent(p, places[p], proof) for p in places if p in given]
    consents = _answered(answer, signed, move)
    if teach_back is not None:
        _ask_back(answer, teach_back)
    return consents


@transaction.atomic
def present(
    subject: Subject,
    *,
    text: Text,
    language: str,
    purposes: Collection[Purpose],
    by: Actor,
    at: datetime,
    on: Any = None,
    matter: str = "",
) -> list[Consent]:
    """Record that a person was shown a text and has not answered yet."""
    vault.lock(subject.pk)
    places = _places(text, purposes, (), NewEvidence(EvidenceKind.SCREEN_SIGNATURE))
    sha256 = text.bodies.get(language=language).sha256
    answer = _Answer(subject, text, language, sha256, by, at, None, on or subject, matter)
    shown = [answer.consent(purpose, places[purpose], None) for purpose in sorted(purposes)]
    for consent in shown:
        consent.answered_at = None
    return answer.begin(shown, "present")


@transaction.atomic
def take_over(
    subject: Subject,
    *,
    box: str,
    by: Actor,
    at: datetime,
    on: Any = None,
    language: str = "zh-hans",
    recorded_at: datetime | None = None,
) -> list[Consent]:
    """
    Take over the consents of a person whose paper is from before this program.

    :param box: where the paper lies; its words are unknown.

    Source: domain.md section 2, ``take_over``.
    """
    vault.lock(subject.pk)
    body = TextBody.objects.select_related("text").get(
        text__document=HPC, text__version=LEGACY, language=language
    )
    text = body.text
    answer = _Answer(subject, text, language, body.sha256, by, at, recorded_at, on or subject, "")
    proof = _keep(NewEvidence(EvidenceKind.PAPER_BOX, box=box), answer)
    legacy = [answer.consent(purpose, ("legacy", "legacy"), proof) for purpose in text.uses()]
    return answer.begin(legacy, "take_over")


def _places(
    text: Text, given: Collection[Purpose], declined: Collection[Purpose], evidence: NewEvidence
) -> dict[Purpose, tuple[str, str]]:
    """Return line and place to sign of each purpose of a text that may be signed."""
    older = text.state == TextState.RETIRED and evidence.kind == EvidenceKind.PAPER
    if text.version == LEGACY or not (text.state == TextState.PUBLISHED or older):
        raise NotAsked([_("This text cannot be signed now. Please load the page again.")], move="record")
    places = {
        purpose: (line.key, slot.key)
        for line in text.structure()
        for slot in line.slots
        for purpose in slot.purposes
    }
    if set(given) & set(declined) or not {*given, *declined} <= places.keys():
        raise NotAsked([_("This text does not ask for that.")], move="record")
    return places


def _keep(new: NewEvidence, answer: _Answer) -> Evidence:
    """Seal the evidence of one signing."""
    proof = Evidence(
        subject=answer.subject,
        kind=new.kind,
        taken_at=answer.at,
        witness_id=new.witness_id,
        box=new.box,
        **answer.by.columns(),
    )
    if new.content is not None:
        proof.content_type, proof.size_bytes = new.content_type, len(new.content)
        proof.sha256 = hashlib.sha256(new.content).hexdigest()
        proof.attached_at, proof.attached_by_id = answer.at, answer.by.id
    if new.content is not None or new.witness:
        vault.seal(proof, key=answer.subject.key_id, content=new.content, witness=new.witness or None)
    proof.save(force_insert=True)
    return proof


GIVES_WAY = {
    "sign_on_screen": [*IN_FORCE, State.SIGNED, State.PRESENTED],
    "sign": [State.SIGNED, State.PRESENTED],  # what is in force stays so until the paper is verified
    "decline": [State.PRESENTED],
}


def _answered(answer: _Answer, answered: Sequence[Consent], move: str) -> list[Consent]:
    """Bring answers into the world; what they replace gives way first."""
    if not answered:
        return []
    same = Consent.objects.filter(
        subject=answer.subject.pk,
        purpose__in=[consent.purpose for consent in answered],
        matter=answer.matter,
        state__in=GIVES_WAY[move],
    )
    for older in same.select_related("subject"):
        moves.make(older, "supersede", by=answer.by, at=answer.at, on=answer.on)
    return answer.begin(answered, move)


def _take_back(answer: _Answer, declined: Collection[Purpose]) -> None:
    """Withdraw what the person had agreed to and now says no to."""
    if not declined:
        return
    standing = Consent.objects.standing().filter(
        subject=answer.subject.pk, purpose__in=declined, matter=answer.matter
    )
    for consent in standing.order_by("id"):
        withdraw(consent, by=answer.by, at=answer.at, on=answer.on)


def _ask_back(answer: _Answer, told: TeachBackAnswers) -> None:
    body = answer.text.bodies.get(language=answer.language)
    TeachBack.objects.create(
        subject=answer.subject,
        text=answer.text,
        language=answer.language,
        answers=dict(told.answers),
        all_right=all(told.answers.get(question.key) == question.right for question in body.questions),
        explained=told.explained,
        at=answer.at,
        **answer.by.columns(),
    )
