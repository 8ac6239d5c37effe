"""What a person's word is proved with, checked before it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent import signatures
from consent.states import EvidenceKind


class EvidenceProblem(ValueError):
    """The evidence cannot be kept. Its sentences are for the page."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(type(self).__name__)
        self.sentences = sentences


@dataclass(frozen=True, slots=True, repr=False)
class NewEvidence:
    """
    Evidence as it comes in.

    :param content: for the screen, ``signatures.pack`` of a picture for each place to sign; for paper, a
        scan that ``scans.check`` let through, or None where the scan is still to come.
    :param witness: the witness's name, sealed. :param witness_id: their login, if they have one.
    :param box: where a paper from before this program lies.
    :param document_seen: whether staff saw the identity document; without it a signature on the
        screen waits for a second person.
    """

    kind: EvidenceKind
    content: bytes | None = None
    content_type: str = ""
    witness: str = ""
    witness_id: str = ""
    box: str = ""
    document_seen: bool = True

    @property
    def in_force_at_once(self) -> bool:
        """Whether nobody else has to verify it. Source: domain.md section 6."""
        return self.kind == EvidenceKind.SCREEN_SIGNATURE and self.document_seen


def drawn(pictures: Mapping[str, bytes], *, document_seen: bool = True) -> NewEvidence:
    """
    Return the evidence of signatures drawn on the screen, by place to sign.

    :raises EvidenceProblem: if one of them is no drawing.
    """
    try:
        content = signatures.pack({slot: signatures.redraw(picture) for slot, picture in pictures.items()})
    except signatures.NotASignature as fault:
        raise EvidenceProblem(_("The signature is missing.")) from fault
    return NewEvidence(
        EvidenceKind.SCREEN_SIGNATURE, content, "application/json", document_seen=document_seen
    )


def paper() -> NewEvidence:
    """Return the evidence of a paper whose scan is still to come."""
    return NewEvidence(EvidenceKind.PAPER)


def check(evidence: NewEvidence, *, slots: Iterable[str], taker_id: str) -> None:
    """
    Let evidence through that covers every place to sign.

    :raises EvidenceProblem: if a signature is missing, or the witness is who took the consent.
    """
    if evidence.kind == EvidenceKind.SCREEN_SIGNATURE:
        _check_drawn(evidence.content, set(slots))
    if evidence.kind == EvidenceKind.WITNESSED_WORD:
        _check_witness(evidence, taker_id)


def _check_drawn(content: bytes | None, slots: set[str]) -> None:
    try:
        signed = signatures.unpack(content or b"")
    except signatures.NotASignature as fault:
        raise EvidenceProblem(_("The signature is missing.")) from fault
    if slots - signed.keys():
        raise EvidenceProblem(_("One of the signatures is missing."))


def _check_witness(evidence: NewEvidence, taker_id: str) -> None:
    if not evidence.witness and not evidence.witness_id:
        raise EvidenceProblem(_("Please say who witnessed it."))
    if evidence.witness_id and evidence.witness_id == taker_id:
        raise EvidenceProblem(_("Whoever takes a consent cannot be its witness."))
