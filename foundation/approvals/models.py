"""What one person asked, and what another answered."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy


class Decision(models.TextChoices):
    """The answer of the second person."""

    YES = "yes", _("Agreed")
    NO = "no", _("Not agreed")


class Answer(models.TextChoices):
    """Why the second person answered so. Codes, because the trail keeps no free words."""

    CHECKED = "checked", _("I have checked it and it is right")
    WRONG_OBJECT = "wrong_object", _("It concerns the wrong person or thing")
    NOT_NEEDED = "not_needed", _("It is not needed")
    UNCLEAR = "unclear", _("Too little is known: please ask again with more")
    TAKEN_BACK = "taken_back", _("Taken back by the one who asked")


class ApprovalQuerySet(models.QuerySet["Approval"]):
    """Questions and answers."""

    def waiting(self, at: datetime) -> Self:
        """Return those that nobody answered and that can still be answered."""
        return self.filter(decision="", until__gt=at)

    def agreed(self, at: datetime) -> Self:
        """Return those that were answered with yes, still hold and were not used."""
        return self.filter(decision=Decision.YES, until__gt=at, used_at__isnull=True)

    def about(self, thing: models.Model) -> Self:
        """Return those about one thing."""
        return self.filter(object_type=thing._meta.label_lower, object_id=str(thing.pk))


class Approval(ActedBy):
    """
    One question to a second person. ``by_…`` asked; ``decided_…`` answered.

    ``facts`` holds ids, codes and counts only.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=48)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64)
    path = models.CharField(max_length=32)
    second_path = models.CharField(max_length=32, blank=True)
    facts = models.JSONField(default=dict)
    reason = models.CharField(max_length=48, blank=True)
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    decision = models.CharField(max_length=3, choices=Decision, blank=True)
    answer = models.CharField(max_length=16, choices=Answer, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_kind = models.CharField(max_length=12, blank=True)
    decided_by_id = models.CharField(max_length=64, blank=True)
    decided_by_role = models.CharField(max_length=32, blank=True)
    decided_by_branch = models.CharField(max_length=36, blank=True)
    used_at = models.DateTimeField(null=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="approvals_one_open_per_object",
                fields=["kind", "object_type", "object_id"],
                condition=Q(decision=""),
            ),
            models.CheckConstraint(
                name="approvals_decided_says_who_and_when",
                condition=Q(decision="", decided_at__isnull=True, decided_by_id="")
                | (~Q(decision="") & Q(decided_at__isnull=False) & ~Q(decided_by_id="")),
            ),
            models.CheckConstraint(
                name="approvals_yes_is_of_another",
                condition=~Q(decision=Decision.YES) | ~Q(decided_by_id=F("by_id")),
            ),
            models.CheckConstraint(
                name="approvals_used_was_agreed",
                condition=Q(used_at__isnull=True) | Q(decision=Decision.YES),
            ),
        ]
        indexes = [
            models.Index(name="approvals_waiting", fields=["decision", "path", "-id"]),
            models.Index(name="approvals_asked_by", fields=["by_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_type} {self.object_id}"

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where this question stands in the tree."""
        return (self.path, self.second_path) if self.second_path else (self.path,)
