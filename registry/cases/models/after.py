"""After the donation: follow-up to the tenth year, and letters between two who never learn who they are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel


class FollowUp(SealedModel, ActedBy):
    """One follow-up of a donor: due on a day, and what was found. ``by_*`` say who asked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="follow_ups")
    key = models.CharField(max_length=8)  # d2 d7 d30 d180 y1 … y10
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    wellbeing = models.PositiveSmallIntegerField(null=True, blank=True)  # 1 to 5, as the donor says
    answers = SealedField(null=True)  # JSON: key of a question → code
    labs = SealedField(null=True)  # JSON: analyte → value
    words = SealedField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cases_follow_up_once", fields=["case", "key"]),
            models.CheckConstraint(
                name="cases_wellbeing_is_one_to_five",
                condition=Q(wellbeing__isnull=True) | Q(wellbeing__gte=1, wellbeing__lte=5),
            ),
        ]
        indexes = [
            models.Index(name="cases_follow_ups_due", fields=["due_on"], condition=Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.pk}"


class Direction(models.TextChoices):
    """From whom to whom."""

    TO_RECIPIENT = "TO_RECIPIENT", _("From donor to recipient")
    TO_DONOR = "TO_DONOR", _("From recipient to donor")


class LetterState(models.TextChoices):
    """How far a letter has come."""

    RECEIVED = "RECEIVED", _("Received")
    SCREENED = "SCREENED", _("Screened")
    ASKED = "ASKED", _("The reader was asked")
    FORWARDED = "FORWARDED", _("Forwarded")
    RETURNED = "RETURNED", _("Returned")


class Letter(SealedModel, ActedBy):
    """A letter between donor and recipient, who stay anonymous: screened, asked about, sent on or back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="letters")
    direction = models.CharField(max_length=12, choices=Direction)
    state = models.CharField(max_length=10, choices=LetterState, default=LetterState.RECEIVED)
    received_on = models.DateField()
    not_before = models.DateField()  # by route
    screened_by_id = models.CharField(max_length=64, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    returned_reason = models.CharField(max_length=16, blank=True)
    words = SealedField(null=True)  # as it came
    redacted = SealedField(null=True)  # as it goes on

    class Meta:
        indexes = [models.Index(name="cases_letters", fields=["case", "-id"])]

    def __str__(self) -> str:
        return f"{self.direction} {self.pk}"
