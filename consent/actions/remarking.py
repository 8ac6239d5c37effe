"""Say beside signed evidence what became known later; what was signed is never touched."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from consent.models import Evidence, EvidenceRemark, RemarkKind
from foundation import trail, vault

if TYPE_CHECKING:
    from foundation.trail import Actor
    from foundation.vault import Subject


@transaction.atomic
def remark(subject: Subject, kind: RemarkKind, *, by: Actor, at: datetime) -> int:
    """Put a remark beside all evidence a person has signed so far; return how many pieces."""
    vault.lock(subject.pk)
    signed = Evidence.objects.filter(subject=subject).order_by("id").values_list("pk", flat=True)
    remarks = [EvidenceRemark(evidence_id=pk, kind=kind, at=at, **by.columns()) for pk in signed]
    EvidenceRemark.objects.bulk_create(remarks, batch_size=500)
    trail.record("evidence.remarked", by=by, at=at, object=subject, kind=str(kind), pieces=len(remarks))
    return len(remarks)
