"""A household of the bereaved, the rites it chose, and the days on which it wants to be left alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.families.querysets import FamilyQuerySet


class Tradition(models.TextChoices):
    """What a household keeps. Asked for, never guessed. Source: domain.md section 7"""

    HAN = "HAN", _("As most Han families do")
    MUSLIM = "MUSLIM", _("Muslim")
    CHRISTIAN = "CHRISTIAN", _("Christian")
    BUDDHIST = "BUDDHIST", _("Buddhist")
    NONE = "NONE", _("None")
    OWN = "OWN", _("Our own way")


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
    # The call of the second month and the letter of the third; see ``rites.FIRST_MONTHS``.
    first_months_declined_at = models.DateTimeField(null=True, blank=True)
    birthdays_asked_at = models.DateTimeField(null=True, blank=True)
    birthdays_calendar = models.CharField(max_length=8, choices=Calendar, default=Calendar.SOLAR)
    stopped_at = models.DateTimeField(null=True, blank=True)  # nobody of it wants to hear anything more
    address = SealedField(null=True)  # of the household; letters go here, under the giver's key
    tradition = SealedField(null=True)  # a code of Tradition: what somebody believes is sealed
    own_way = SealedField(null=True)  # their own rites, in their words
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

    @property
    def short(self) -> str:
        """The end of its number, which stands on its sheet."""
        return f"…{self.pk.hex[-6:].upper()}"


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


class OwnRite(SealedModel, ActedBy):
    """A day of a household's own, of every year or of one, and in its words what it keeps on it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.ForeignKey(Family, models.CASCADE, related_name="own_rites")
    month = models.PositiveSmallIntegerField()
    day = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField(null=True, blank=True)  # null is every year
    calendar = models.CharField(max_length=8, choices=Calendar, default=Calendar.SOLAR)
    words = SealedField(null=True)  # under the giver's key: it may say what they believe

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="families_own_rite_once",
                fields=["family", "calendar", "month", "day", "year"],
            ),
            models.UniqueConstraint(
                name="families_own_rite_once_a_year",
                fields=["family", "calendar", "month", "day"],
                condition=models.Q(year__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


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
