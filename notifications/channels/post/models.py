"""A letter that lies printed, until it is posted or taken out of the pile."""

from __future__ import annotations

from django.db import models

from foundation.ids import uuid7
from foundation.trail.models import ActedBy


class Paper(ActedBy):
    """That the letter of a touchpoint was printed, and for whom. ``by_*`` say who printed it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    touchpoint = models.ForeignKey("notifications.Touchpoint", models.CASCADE, related_name="papers")
    subject = models.ForeignKey("foundation.Subject", models.PROTECT, related_name="+")
    printed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)  # somebody took it out of the pile

    class Meta:
        indexes = [models.Index(name="post_papers", fields=["touchpoint", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)
