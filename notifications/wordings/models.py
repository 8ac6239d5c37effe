"""A wording, its versions, and their words in each language."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy


class WordingState(models.TextChoices):
    """Where a version of a wording stands."""

    DRAFT = "DRAFT", _("Draft")
    ASKED = "ASKED", _("Waits for a second person")
    APPROVED = "APPROVED", _("Approved")
    RETIRED = "RETIRED", _("Out of use")


class Wording(models.Model):
    """Words for one occasion, as "family.qingming"; every channel has its own body."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=48, unique=True)
    audience = models.CharField(max_length=8)  # programmes.models.Audience: which merge fields there are
    bereaved = models.BooleanField(default=False)  # the stricter checks

    def __str__(self) -> str:
        return self.key


class WordingVersion(ActedBy):
    """One version of a wording; only its draft can be changed. ``by_*`` say who wrote it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wording = models.ForeignKey(Wording, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=WordingState, default=WordingState.DRAFT)
    made_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by_id = models.CharField(max_length=64, blank=True)
    counsel_approved = models.BooleanField(default=False)  # the first contents are drafts

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wordings_version_once", fields=["wording", "number"]),
            models.UniqueConstraint(
                name="wordings_one_approved", fields=["wording"], condition=Q(state="APPROVED")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wording_id} {self.number}"


class WordingBody(models.Model):
    """The words of a version for one channel in one language."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(WordingVersion, models.CASCADE, related_name="bodies")
    channel = models.CharField(max_length=8)  # of Channel; the script of a call stands here too
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=120, blank=True)  # of an e-mail; names nobody
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wordings_body_once", fields=["version", "channel", "language"]),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.language}"
