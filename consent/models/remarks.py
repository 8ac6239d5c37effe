"""What became known later of signed evidence. The evidence itself is never touched."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail import ActedBy


class RemarkKind(models.TextChoices):
    """What somebody who looks at the paper has to know."""

    IDENTITY_CORRECTED = "IDENTITY_CORRECTED", _("Name or document were corrected after it was signed")
    OTHER_RECORD = "OTHER_RECORD", _("Signed under another record of the same person")


class EvidenceRemark(ActedBy):
    """One remark beside a piece of evidence: a code, no words. ``by_…`` made it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    evidence = models.ForeignKey("consent.Evidence", on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=24, choices=RemarkKind)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.evidence_id}"
