"""A patient, known by the code of the hospital or of the national registry and by nothing else."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7


class Source(models.TextChoices):
    """Where a match comes from; it sets the length of the clock and the delay of letters."""

    DOMESTIC = "DOMESTIC", _("National registry, a patient in China")
    INTERNATIONAL = "INTERNATIONAL", _("National registry, a patient abroad")
    SEARCH = "SEARCH", _("A search of our own")


class Patient(models.Model):
    """A subject of capacity ``patient``: a code, never a name. A code is the source's own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.OneToOneField("foundation.Subject", models.PROTECT, related_name="patient")
    code = models.CharField(max_length=40)
    source = models.CharField(max_length=16, choices=Source)
    hospital = models.ForeignKey("foundation.Branch", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cases_one_patient_of_a_code", fields=["source", "code"]),
            models.CheckConstraint(name="cases_patient_has_a_code", condition=~models.Q(code="")),
        ]

    def __str__(self) -> str:
        return self.code
