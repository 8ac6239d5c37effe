"""A campaign, whom it was drawn for, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from notifications.retention.states import CampaignState, CampaignWay

if TYPE_CHECKING:
    from typing import Self

    from foundation.access import Scope


OCCASION: Final = "campaign"  # what stands before its id in the occasion of a message


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns."""

    def visible_to(self, scope: Scope) -> Self:
        """Keep those of the branches in a scope."""
        return self.filter(scope.q("branch_path"))


class Group(models.TextChoices):
    """On which side of the comparison somebody was drawn."""

    WRITTEN_TO = "WRITTEN_TO", _("Written to")
    LEFT_ALONE = "LEFT_ALONE", _("Left alone")


class Campaign(CampaignWay, ActedBy):
    """
    Some volunteers, drawn by lot into those who are written to and those who are not.

    ``seed`` is kept, so that the lot can be drawn again by anybody who doubts it. ``by_*`` say who made it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    drive = models.ForeignKey("registry.Drive", models.PROTECT, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField(null=True, blank=True)  # in which they joined
    age_from = models.PositiveSmallIntegerField(null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(null=True, blank=True)  # inclusive
    unverified_months = models.PositiveSmallIntegerField(
        default=0
    )  # since the contact was verified; 0 asks nothing
    wording = models.CharField(max_length=48)
    channels = models.JSONField(default=list)  # of Channel, in the order they are tried
    control_percent = models.PositiveSmallIntegerField(
        default=20, validators=[MinValueValidator(5), MaxValueValidator(50)]
    )
    window_days = models.PositiveSmallIntegerField(default=60)
    seed = models.BigIntegerField()
    made_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="retention_control_is_a_part",
                condition=Q(control_percent__gte=5, control_percent__lte=50),
            ),
            models.CheckConstraint(
                name="retention_begun_says_when",
                condition=Q(state=CampaignState.DRAFT, began_at__isnull=True)
                | ~Q(state=CampaignState.DRAFT) & Q(began_at__isnull=False),
            ),
            models.CheckConstraint(
                name="retention_ages_are_a_span",
                condition=Q(age_from__isnull=True) | Q(age_to__isnull=True) | Q(age_to__gte=F("age_from")),
            ),
        ]
        indexes = [models.Index(name="retention_of_branch", fields=["branch_path", "-id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Whose campaign it is."""
        return (self.branch_path,)

    @property
    def occasion(self) -> str:
        """What makes its message one of its kind: nobody gets two."""
        return f"{OCCASION}:{self.pk}"


class CampaignMember(models.Model):
    """Somebody who was drawn, on which side, and what was seen of them while it ran."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="members")
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="campaigns")
    stratum = models.CharField(max_length=48)  # branch, sex, decade of age: what they are alike in
    group = models.CharField(max_length=12, choices=Group)
    verified_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="retention_drawn_once", fields=["campaign", "donor"]),
            models.CheckConstraint(name="retention_group_is_known", condition=Q(group__in=Group.values)),
        ]
        indexes = [models.Index(name="retention_groups", fields=["campaign", "group"])]

    def __str__(self) -> str:
        return str(self.pk)
