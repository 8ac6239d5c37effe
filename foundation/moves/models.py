"""Steps: the source of timelines and figures. And stops that are still to succeed."""

from django.db import models

from foundation.ids import uuid7
from foundation.trail.models import ActedBy


class Step(ActedBy):
    """
    One change of state of one thing.

    ``at`` is when it happened, ``recorded_at`` when the program learnt of it: they
    differ for sheets and for what was done without a signal.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField()
    move = models.CharField(max_length=40)
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [
            models.Index(name="moves_steps_of_object", fields=["object_type", "object_id", "at", "id"]),
            models.Index(name="moves_steps_into_state", fields=["object_type", "to_state", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.move}: {self.from_state} → {self.to_state}"


class StopDue(models.Model):
    """A room's stop that failed: it is tried again every minute until it holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    receiver = models.CharField(max_length=160)  # dotted name of the receiver
    arguments = models.JSONField()  # ids, and the actor's columns
    first_at = models.DateTimeField()
    tried_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=1)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                name="moves_stops_due", fields=["tried_at"], condition=models.Q(settled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.receiver
