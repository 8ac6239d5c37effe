"""The trail's tables: rows, their places in the sealed order, and the sealed batches."""

from django.db import models

from foundation.ids import uuid7
from foundation.trail.actors import ActorKind


class ActedBy(models.Model):
    """Four plain columns that say who made a row."""

    by_kind = models.CharField(max_length=12, choices=ActorKind)
    by_id = models.CharField(max_length=64)
    by_role = models.CharField(max_length=32, blank=True)
    by_branch = models.CharField(max_length=36, blank=True)

    class Meta:
        abstract = True


class TrailRow(models.Model):
    """
    One thing that was done or seen. Append-only by a trigger.

    ``body`` is canonical JSON, kept as the bytes that were hashed, so that checking
    never depends on how some later version would write it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.CharField(max_length=32)  # ISO 8601 in UTC with microseconds: the hashed text
    branch = models.CharField(max_length=36, blank=True)
    object = models.CharField(max_length=80, blank=True)
    verb = models.CharField(max_length=48)
    by_id = models.CharField(max_length=64)
    body = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(name="trail_row_of_object", fields=["object", "-id"]),
            models.Index(name="trail_row_of_branch", fields=["branch", "-id"]),
            models.Index(name="trail_row_by_actor", fields=["by_id", "-id"]),
            models.Index(name="trail_row_of_verb", fields=["verb", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object}"


class TrailBatch(models.Model):
    """A run of leaves under one signed Merkle root that also covers the root before it."""

    number = models.PositiveBigIntegerField(primary_key=True)
    first_position = models.PositiveBigIntegerField()
    last_position = models.PositiveBigIntegerField()
    sealed_at = models.CharField(max_length=32)
    previous_root = models.CharField(max_length=64)
    root = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)
    signature = models.CharField(max_length=128)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="trail_batch_is_a_run",
                condition=models.Q(last_position__gte=models.F("first_position")),
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.number}"


class TrailLeaf(models.Model):
    """The place a row took in the sealed order. Append-only by a trigger."""

    position = models.PositiveBigIntegerField(primary_key=True)
    row = models.OneToOneField(TrailRow, on_delete=models.PROTECT, related_name="leaf")
    batch = models.ForeignKey(TrailBatch, on_delete=models.PROTECT, related_name="leaves")
    leaf = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"leaf {self.position}"
