"""What happened with a household, what it complained of, and to which branch it was given."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.families.querysets import ComplaintQuerySet


class About(models.TextChoices):
    """What a line of a household's history is about."""

    OPENED = "OPENED", _("The household was opened")
    CORRECTED = "CORRECTED", _("The record was corrected")
    MEMBER_ADDED = "MEMBER_ADDED", _("Somebody of the family was added")
    MEMBER_CORRECTED = "MEMBER_CORRECTED", _("Details of somebody were corrected")
    WISHES = "WISHES", _("The family said what it wishes")
    REACH = "REACH", _("Somebody said how we may reach them")
    NO_MORE = "NO_MORE", _("Somebody wants to hear nothing more")
    AGAIN = "AGAIN", _("Somebody wants to hear from us again")
    STOPPED = "STOPPED", _("The family wants to hear nothing more")
    REPORTED_DEAD = "REPORTED_DEAD", _("Somebody of the family was reported dead")
    NOT_DEAD = "NOT_DEAD", _("The report of a death was a mistake")
    NO_EVENTS = "NO_EVENTS", _("The family wants no invitations")
    EVENTS = "EVENTS", _("The family may be invited")
    OFFICER = "OFFICER", _("An officer was named")
    COMPLAINED = "COMPLAINED", _("Somebody complained")
    SETTLED = "SETTLED", _("A complaint was settled")
    MOVED = "MOVED", _("The family was given to another branch")
    NOTE = "NOTE", _("A note")
    WALL_WRITTEN = "WALL_WRITTEN", _("The page for the memorial wall was written")
    WALL_CHANGE = "WALL_CHANGE", _("The family would have the page for the wall changed")
    WALL_AGREED = "WALL_AGREED", _("Somebody agreed to the page for the wall")
    WALL_UP = "WALL_UP", _("The name went up on the memorial wall")
    WALL_LONGER = "WALL_LONGER", _("The name stays on the memorial wall for longer")
    WALL_DOWN = "WALL_DOWN", _("The name was taken down from the memorial wall")
    WALL_NO = "WALL_NO", _("Somebody does not want the name on the memorial wall")
    WALL_NO_LIFTED = "WALL_NO_LIFTED", _("Somebody has nothing against the memorial wall any more")
    SECRET = "SECRET", _("The one who gave wished that nobody learns of it")
    NO_SECRET = "NO_SECRET", _("The wish that nobody learns of it was written down by mistake")


class FamilyNote(SealedModel, ActedBy):
    """One line of a household's history; its words under the key of whom they are about."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey("registry.Family", models.PROTECT, related_name="history")
    member = models.ForeignKey("registry.Member", models.PROTECT, null=True, blank=True, related_name="+")
    about = models.CharField(max_length=16, choices=About)
    at = models.DateTimeField()
    words = SealedField(null=True)

    class Meta:
        indexes = [models.Index(name="families_history", fields=["family", "-id"])]

    def __str__(self) -> str:
        return f"{self.about} {self.pk}"


class Complaint(SealedModel, ActedBy):
    """What a family was hurt by, in its words, and what was done about it. ``by_*`` say who wrote it down."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey("registry.Family", models.PROTECT, related_name="complaints")
    member = models.ForeignKey(
        "registry.Member", models.PROTECT, null=True, blank=True, related_name="complaints"
    )
    at = models.DateTimeField()
    words = SealedField(null=True)
    done = SealedField(null=True)  # what was done about it
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by_id = models.CharField(max_length=64, blank=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="families_complaint_settled_by_somebody",
                condition=Q(settled_at__isnull=True, settled_by_id="")
                | Q(settled_at__isnull=False) & ~Q(settled_by_id=""),
            ),
        ]
        indexes = [models.Index(name="families_complaints", fields=["family", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)


class FamilyMove(ActedBy):
    """A household goes, or is offered, to another branch. ``by_*`` say who gave it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey("registry.Family", models.PROTECT, related_name="moves")
    from_branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    to_branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    to_path = models.CharField(max_length=32)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Who says yes: the branch that takes the household."""
        return (self.to_path,)
