"""An event and its invitations, one a household."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from notifications.channel_names import Channel

if TYPE_CHECKING:
    from foundation.access import Scope
    from registry.families.models import Family


class EventQuerySet(models.QuerySet["Event"]):
    """Events."""

    def visible_to(self, scope: Scope) -> EventQuerySet:
        """Keep those of the branches in a scope."""
        return self.filter(scope.q("branch_path"))


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def visible_to(self, scope: Scope) -> InvitationQuerySet:
        """Keep those to events, and of households, of the branches in a scope."""
        return self.filter(scope.q("event__branch_path")).filter(scope.q("family__branch_path"))

    def told_by(self, scope: Scope) -> InvitationQuerySet:
        """Keep those of households that the branches in a scope tell: theirs, and those that came to them."""
        of_households = scope.q("family__branch_path")
        return self.filter(of_households & (scope.q("event__branch_path") | ~Q(_HERE)))

    def elsewhere(self) -> InvitationQuerySet:
        """Keep those of households that another branch looks after now than the one of the event."""
        return self.exclude(_HERE)


# The household belongs to the branch of the event, or to one below it.
_HERE: Final = Q(family__branch_path__startswith=F("event__branch_path"))


class Event(ActedBy):
    """A memorial or another meeting of families. ``by_*`` say who planned it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    name = models.CharField(max_length=60)
    place = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    seats = models.PositiveSmallIntegerField()
    seats_a_household = models.PositiveSmallIntegerField(default=4)
    made_at = models.DateTimeField()
    moved_at = models.DateTimeField(null=True, blank=True)  # to the day and place it has now
    called_off_at = models.DateTimeField(null=True, blank=True)
    thanked_at = models.DateTimeField(null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="events_has_seats", condition=Q(seats__gt=0, seats_a_household__gt=0)
            ),
        ]
        indexes = [models.Index(name="events_of_branch", fields=["branch_path", "starts_at"])]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_at:%Y-%m-%d}"

    @property
    def standing(self) -> str:
        """Name the day and place it has now, for a form: after a move it is another name."""
        return self.moved_at.astimezone(UTC).isoformat() if self.moved_at else ""

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the event stands in the tree."""
        return (self.branch_path,)

    def is_where(self, family: Family) -> bool:
        """Return whether a household belongs to the branch of the event, or to one below it."""
        return family.branch_path.startswith(self.branch_path)


class Kind(models.TextChoices):
    """What a household is told about an event. The value stands in the occasion of a message, too."""

    EVENT = "event", _("The invitation")
    CHANGED = "changed", _("Another day or place")
    OFF = "off", _("That it is called off")
    REMINDER = "reminder", _("A reminder")
    THANKS = "thanks", _("Thanks")


class Invitation(ActedBy):
    """One household's invitation, to the one of them who was written to or rung. ``by_*`` say who invited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="invitations")
    family = models.ForeignKey("registry.Family", models.PROTECT, related_name="invitations")
    subject = models.ForeignKey("foundation.Subject", models.PROTECT, related_name="invitations")
    channel = models.CharField(max_length=8, choices=Channel)  # a call or a letter is a person's to do
    invited_at = models.DateTimeField()
    people = models.PositiveSmallIntegerField(null=True, blank=True)  # coming; 0 is no, null is no word yet
    answered_at = models.DateTimeField(null=True, blank=True)
    attended = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="events_one_invitation_a_household", fields=["event", "family"]),
            models.CheckConstraint(
                name="events_answer_says_when",
                condition=Q(people__isnull=True, answered_at__isnull=True)
                | Q(people__isnull=False, answered_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="events_of_household", fields=["family", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)


class Telling(ActedBy):
    """That a person rang or wrote: of each kind once, and of another day once a move. ``by_*`` say who."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="tellings")
    kind = models.CharField(max_length=8, choices=Kind)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="events_told_once", fields=["invitation", "kind"]),
            models.CheckConstraint(name="events_told_kind_is_known", condition=Q(kind__in=Kind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.invitation_id}"
