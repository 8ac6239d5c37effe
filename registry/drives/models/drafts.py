"""Sealed drafts of volunteers who are not done yet, and who is expected at an office."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.drives.models.drives import Drive
from registry.drives.states import Step


class Draft(SealedModel):
    """
    An enrolment that is not done yet, sealed under a key of its own.

    It has no index on the document, so that nobody can block another's number.
    When it is done the key is destroyed and only the number of the donor stays,
    so that sending the last step twice answers the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="drafts")
    number = models.PositiveSmallIntegerField()
    idempotency_key = models.UUIDField(unique=True, default=uuid7, editable=False)
    key = models.ForeignKey("foundation.DataKey", on_delete=models.PROTECT, null=True, related_name="+")
    answers = SealedField(null=True)
    step = models.CharField(max_length=12, choices=Step, default=Step.DOCUMENT)
    language = models.CharField(max_length=10, default="zh-hans")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)
    donor = models.OneToOneField("registry.Donor", on_delete=models.CASCADE, null=True, related_name="draft")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="draft_one_number_in_a_drive", fields=["drive", "number"]),
            models.CheckConstraint(
                name="draft_done_keeps_nothing",
                condition=Q(donor__isnull=True, done_at__isnull=True, key__isnull=False)
                | Q(donor__isnull=False, done_at__isnull=False, key__isnull=True, answers__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Appointment(SealedModel, ActedBy):
    """A volunteer who is expected at an office at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="appointments")
    key = models.ForeignKey("foundation.DataKey", on_delete=models.PROTECT, null=True, related_name="+")
    name = SealedField(null=True)
    phone = SealedField(null=True)
    starts_at = models.DateTimeField(db_index=True)
    at = models.DateTimeField()
    came_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}"
