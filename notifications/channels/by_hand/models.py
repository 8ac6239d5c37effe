"""One try to ring somebody or to see them, that did not end the task."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from notifications.channel_names import Channel


class Result(models.TextChoices):
    """How a call or a visit ended."""

    REACHED = "REACHED", _("Spoke with them")
    LATER = "LATER", _("They ask for another time")
    NO_ANSWER = "NO_ANSWER", _("Nobody answered, or nobody was at home")
    DECLINED = "DECLINED", _("They did not want to talk")
    WRONG = "WRONG", _("Somebody else's number or home")


class Try(SealedModel, ActedBy):
    """One try. ``by_*`` say who made it; words are sealed under the person's key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    touchpoint = models.ForeignKey("notifications.Touchpoint", models.CASCADE, related_name="tries")
    subject = models.ForeignKey("foundation.Subject", models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel)
    result = models.CharField(max_length=12, choices=Result)
    at = models.DateTimeField()
    again_on = models.DateField(null=True, blank=True)
    words = SealedField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="by_hand_result_is_known", condition=Q(result__in=Result.values)),
        ]
        indexes = [models.Index(name="by_hand_tries", fields=["touchpoint", "-id"])]

    def __str__(self) -> str:
        return f"{self.channel} {self.result}"
