"""Links that were sent, without the words that open them; and what was answered after a donation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from foundation.ids import uuid7
from foundation.vault import SealedField, SealedModel
from notifications.links.purposes import Purpose


class Link(models.Model):
    """
    One link to one person for one thing, until a day.

    ``wrong`` counts answers to the second fact that did not fit; five of them end it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey("foundation.Subject", models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=16, choices=Purpose)
    matter = models.CharField(max_length=64, blank=True)  # an invitation, a channel, a step: ids and codes
    mark = models.CharField(max_length=64, unique=True)  # a keyed hash of the token
    signature = models.CharField(max_length=64)  # of the token with all that the link is for
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="links_purpose_is_known", condition=Q(purpose__in=Purpose.values)),
            models.CheckConstraint(
                name="links_expire_later", condition=Q(expires_at__gt=models.F("made_at"))
            ),
        ]
        indexes = [
            models.Index(name="links_of_person", fields=["subject", "-id"]),
            models.Index(name="links_expiring", fields=["expires_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class FollowUp(SealedModel):
    """How somebody is some days after donating, by their own word. The words are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey("foundation.Subject", models.PROTECT, related_name="follow_ups")
    matter = models.CharField(max_length=64, blank=True)  # which of the questions: "d7"
    at = models.DateTimeField()
    wellbeing = models.PositiveSmallIntegerField()  # 1 is very bad, 5 is very good
    symptoms = models.BooleanField()
    call_me = models.BooleanField(default=False)
    words = SealedField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="links_wellbeing_is_one_to_five", condition=Q(wellbeing__gte=1, wellbeing__lte=5)
            ),
        ]
        indexes = [models.Index(name="links_follow_ups", fields=["subject", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)
