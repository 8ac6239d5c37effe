"""A household of the bereaved, its people, the rites they chose, and the days they want to be left alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.families.querysets import FamilyQuerySet, MemberQuerySet


class Kin(models.TextChoices):
    """What a member of the family was to the one who gave."""

    SPOUSE = "SPOUSE", _("Husband or wife")
    PARENT = "PARENT", _("Parent")
    CHILD = "CHILD", _("Child")
    SIBLING = "SIBLING", _("Brother or sister")
    GRANDPARENT = "GRANDPARENT", _("Grandparent")
    OTHER = "OTHER", _("Other")


class Calendar(models.TextChoices):
    """By which calendar a family keeps a day."""

    SOLAR = "SOLAR", _("Solar")
    LUNAR = "LUNAR", _("Lunar")


class Family(SealedModel, ActedBy):
    """One household of one who gave: one plan, one officer, one letter. ``by_*`` say who opened it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    giver = models.ForeignKey("registry.Giver", models.PROTECT, related_name="families")
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="families"
    )
    opened_at = models.DateTimeField()
    # Some regions count D+7 where others, counting the day itself, have D+6. Source: domain.md 7
    counts_the_day = models.BooleanField(default=True)
    wishes_recorded_on = models.DateField(null=True, blank=True)  # the rites sheet was ticked
    events_declined_at = models.DateTimeField(null=True, blank=True)
    birthdays_asked_at = models.DateTimeField(null=True, blank=True)
    address = SealedField(null=True)  # of the household; letters go here, under the giver's key
    note = SealedField(null=True)

    objects = FamilyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="families_of_branch", fields=["branch_path", "-id"]),
            models.Index(name="families_of_officer", fields=["officer", "-id"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the household stands in the tree."""
        return (self.branch_path,)


class Member(SealedModel, ActedBy):
    """A person of a household: a subject of capacity ``relative``. ``by_*`` say who entered them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.OneToOneField("foundation.Subject", models.PROTECT, related_name="member")
    family = models.ForeignKey(Family, models.PROTECT, related_name="members")
    kin = models.CharField(max_length=12, choices=Kin)
    order = models.PositiveSmallIntegerField(default=0)  # 0 is asked and written to first
    born_on = models.DateField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    name = SealedField(null=True)
    phone = SealedField(null=True)
    email = SealedField(null=True)
    wechat = SealedField(null=True)
    address = SealedField(null=True)
    no_more_at = models.DateTimeField(null=True, blank=True)  # wants to hear nothing more
    added_at = models.DateTimeField()

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="families_member_has_their_place", fields=["family", "order"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Rite(ActedBy):
    """One rite a household ticked on the sheet, by the calendar it keeps. None is kept unless ticked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey(Family, models.CASCADE, related_name="rites")
    rite = models.CharField(max_length=24)  # the key of a step of the family-care programme
    calendar = models.CharField(max_length=8, choices=Calendar, default=Calendar.SOLAR)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="families_rite_once", fields=["family", "rite"]),
        ]

    def __str__(self) -> str:
        return f"{self.family_id} {self.rite}"


class SilentDay(ActedBy):
    """A day, of one year or of every year, on which a household wants no word from us."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey(Family, models.CASCADE, related_name="silent_days")
    month = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField(null=True, blank=True)  # null is every year
    calendar = models.CharField(max_length=8, choices=Calendar, default=Calendar.SOLAR)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="families_silent_day_once",
                fields=["family", "calendar", "month", "day"],
                condition=models.Q(year__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
