"""Typings as a laboratory sent them: sealed text, and which loci it speaks of."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel


class StoredTyping(SealedModel, ActedBy):
    """
    The typing of one tube, or one from the records before. Its words are sealed under the donor's key.

    Only the form of the text has been checked; what the alleles mean is not known here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="typings")
    sample = models.ForeignKey("registry.Sample", models.PROTECT, null=True, related_name="typings")
    text = SealedField(null=True)
    loci = models.JSONField()  # names of loci alone: enough to say what is still to be typed
    recorded_at = models.DateTimeField()
    disputed_at = models.DateTimeField(null=True, blank=True)
    legacy = models.BooleanField(default=False)  # from the records before, whose tube nobody may know

    class Meta:
        indexes = [
            models.Index(name="typing_of_donor", fields=["donor", "-id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="typing_one_undisputed_per_sample",
                fields=["sample"],
                condition=Q(disputed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="typing_has_a_tube_or_is_of_the_records",
                condition=Q(sample__isnull=False) | Q(legacy=True),
            ),
            models.CheckConstraint(
                name="typing_disputed_after_recorded",
                condition=Q(disputed_at__isnull=True) | Q(disputed_at__gte=F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
