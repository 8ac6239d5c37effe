"""One who gave after death: what, and on which day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.families.querysets import GiverQuerySet


class Gift(models.TextChoices):
    """What was given. Source: domain.md section 4"""

    ORGAN = "ORGAN", _("Organs")
    TISSUE = "TISSUE", _("Tissue")
    CORNEA = "CORNEA", _("Corneas")
    BODY = "BODY", _("Body")


class Giver(SealedModel, ActedBy):
    """One who gave: a subject of capacity ``giver``. ``by_*`` say who entered them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.OneToOneField("foundation.Subject", models.PROTECT, related_name="giver")
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    gifts = models.JSONField(default=list)  # of Gift
    died_on = models.DateField()
    gave_on = models.DateField()
    born_on = models.DateField(null=True, blank=True)  # cut to the year by erasure
    sex = models.CharField(max_length=1, blank=True)
    document_kind = models.CharField(max_length=24, blank=True)
    name = SealedField(null=True)
    document = SealedField(null=True)  # where it is known
    note = SealedField(null=True)
    confidential_at = models.DateTimeField(null=True, blank=True)  # wished that nobody learns of it
    confidential_by_id = models.CharField(max_length=64, blank=True)  # who wrote it down
    confidential_word = SealedField(null=True)  # who said so, and how
    name_index = models.IntegerField(null=True)
    name_index_next = models.IntegerField(null=True)  # only while the index key changes
    entered_at = models.DateTimeField()

    objects = GiverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="families_giver_gave_at_death_or_after",
                condition=models.Q(gave_on__gte=models.F("died_on")),
            ),
            models.CheckConstraint(
                name="families_giver_confidential_by_somebody",
                condition=models.Q(confidential_at__isnull=True, confidential_by_id="")
                | models.Q(confidential_at__isnull=False) & ~models.Q(confidential_by_id=""),
            ),
        ]
        indexes = [
            models.Index(name="families_givers_of_branch", fields=["branch_path", "-id"]),
            models.Index(name="families_givers_by_name", fields=["name_index"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the one who gave stands in the tree."""
        return (self.branch_path,)
