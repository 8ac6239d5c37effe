"""The log of "why not sent": each time a message was due and did not leave."""

from __future__ import annotations

from django.db import models

from foundation.ids import uuid7
from notifications.outbox.querysets import RefusalQuerySet


class Refusal(models.Model):
    """One time a message was not sent, and why, as a code. Source: domain.md section 7"""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.ForeignKey("notifications.Message", models.CASCADE, related_name="refusals")
    at = models.DateTimeField()
    why = models.CharField(max_length=48)
    until = models.DateTimeField(null=True, blank=True)  # asked again then; null: not by itself

    objects = RefusalQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="outbox_refusals", fields=["message", "-id"])]

    def __str__(self) -> str:
        return f"{self.why} {self.message_id}"
