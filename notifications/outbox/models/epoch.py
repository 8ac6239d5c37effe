"""How far this outbox has come: compared with a mark outside the database, it shows a backup put back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from foundation.ids import uuid7


class OutboxEpoch(models.Model):
    """One row. Its number only grows, and the mark outside follows it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    database = models.UUIDField(default=uuid7, editable=False)  # which database this is
    number = models.PositiveBigIntegerField(default=0)
    moved_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)  # nothing is sent until a person releases it
    held_why = models.CharField(max_length=24, blank=True)  # a code: rewound, unmarked, operator

    class Meta:
        constraints = [
            models.CheckConstraint(name="outbox_one_epoch", condition=Q(id=1)),
            models.CheckConstraint(
                name="outbox_held_says_why",
                condition=Q(held_at__isnull=True, held_why="") | Q(held_at__isnull=False) & ~Q(held_why=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
