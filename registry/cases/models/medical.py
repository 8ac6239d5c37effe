"""What doctors found about the donor of a match: examination, infection markers, pregnancy."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel


class FindingKind(models.TextChoices):
    """What was looked at."""

    EXAMINATION = "EXAMINATION", _("Examination")
    MARKERS = "MARKERS", _("Infection markers")
    PREGNANCY = "PREGNANCY", _("Pregnancy test")
    REVIEW = "REVIEW", _("What the medical reviewer decided")


class Finding(SealedModel, ActedBy):
    """
    One finding about a donor; ``by_*`` say who entered it. The newest of a kind stands on the case.

    ``fit`` alone is in clear, because moves ask for it; which marker showed what is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=12, choices=FindingKind)
    on = models.DateField()  # examined, or the blood was drawn
    fit = models.BooleanField(null=True)  # null: unclear, the reviewer must look at it
    entered_at = models.DateTimeField()
    hospital = models.ForeignKey("foundation.Branch", models.PROTECT, null=True, blank=True, related_name="+")
    answers = SealedField(null=True)  # JSON: marker → result
    words = SealedField(null=True)

    class Meta:
        indexes = [models.Index(name="cases_findings", fields=["case", "kind", "-on", "-id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
