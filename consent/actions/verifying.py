"""Bring the scan of a signed paper, and let a second person find it in order or send it back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from consent import scans
from consent.evidence import EvidenceProblem
from consent.models import Consent, Evidence
from consent.models.evidence import RETURNED_BECAUSE
from consent.states import IN_FORCE
from foundation import moves, trail, vault

if TYPE_CHECKING:
    from foundation.trail import Actor
    from foundation.vault import Subject

_ATTACHED = ["content_type", "size_bytes", "sha256", "attached_at", "attached_by_id"]
_RETURNED = ["returned_at", "returned_by_id", "returned_because"]


@transaction.atomic
def attach_scan(
    subject: Subject,
    content: bytes | scans.Scan,
    *,
    by: Actor,
    at: datetime,
    evidence: Evidence | None = None,
) -> Evidence:
    """
    Keep the scan of a person's signed paper, sealed.

    :param content: the file; or what ``scans.check`` made of it, where many come one after another.
    :param evidence: the signing it belongs to; by default the newest whose scan is missing.
    :raises EvidenceProblem: if the file is not a scan, or none is missing.
    """
    scan = content if isinstance(content, scans.Scan) else scans.check(content)
    vault.lock(subject.pk)
    due = Evidence.objects.missing().filter(subject=subject).order_by("-id")
    proof = due.filter(pk=evidence.pk).first() if evidence else due.first()
    if proof is None:
        raise EvidenceProblem(_("No scan is missing for this person."))
    proof.content_type, proof.size_bytes = scan.content_type, len(scan.content)
    proof.sha256 = hashlib.sha256(scan.content).hexdigest()
    proof.attached_at, proof.attached_by_id = at, by.id
    proof.returned_at, proof.returned_by_id, proof.returned_because = None, "", ""
    sealed = vault.seal(proof, key=subject.key_id, content=scan.content)
    proof.save(update_fields=[*sealed, *_ATTACHED, *_RETURNED])
    trail.record(
        "evidence.attached", by=by, at=at, object=proof, kind=scan.content_type, bytes=len(scan.content)
    )
    return proof


@transaction.atomic
def verify(consents: Iterable[Consent], *, by: Actor, at: datetime) -> list[Consent]:
    """
    Bring signed consents into force, their evidence having been found in order.

    An earlier consent to the same gives way in the same moment.

    :raises moves.Refused: if evidence is missing, or the actor took or witnessed it.
    :raises moves.NotAllowed: if the actor may not.
    """
    ids = {consent.pk: consent.subject_id for consent in consents}
    vault.lock(*ids.values())
    fresh = list(
        Consent.objects.filter(pk__in=ids).select_related("subject", "evidence", "text").order_by("id")
    )
    for consent in fresh:
        older = Consent.objects.filter(
            subject=consent.subject_id, purpose=consent.purpose, matter=consent.matter, state__in=IN_FORCE
        )
        for one in older.exclude(pk=consent.pk).select_related("subject"):
            moves.make(one, "supersede", by=by, at=at)
        consent.verified_at, consent.verified_by_id = at, by.id
        moves.make(consent, "verify", by=by, at=at, saves=["verified_at", "verified_by_id"])
    return fresh


@transaction.atomic
def return_scan(evidence: Evidence, *, because: str, by: Actor, at: datetime) -> None:
    """
    Send a scan back: it stands as missing again until a better one comes.

    :param because: one of ``RETURNED_BECAUSE``.
    :raises EvidenceProblem: if nothing of it waits for verification.
    """
    vault.lock(evidence.subject_id)
    proof = Evidence.objects.verifiable().filter(pk=evidence.pk).first()
    if proof is None or because not in RETURNED_BECAUSE:
        raise EvidenceProblem(_("This scan does not wait for verification any more."))
    proof.returned_at, proof.returned_by_id, proof.returned_because = at, by.id, because
    proof.save(update_fields=_RETURNED)
    trail.record("evidence.returned", by=by, at=at, object=proof, reason=because)
