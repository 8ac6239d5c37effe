"""A programme and its steps. A published version is never changed; a new one takes its place."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from notifications.programmes.states import ProgrammeState, ProgrammeWay


def named(names: Mapping[str, str], language: str) -> str:
    """Return a name in a language, or the first there is."""
    return names.get(language.lower()) or next(iter(names.values()), "")


class Audience(models.TextChoices):
    """For whom a programme is."""

    DONOR = "DONOR", _("Donors and volunteers")
    FAMILY = "FAMILY", _("Families of those who gave")
    DRIVE = "DRIVE", _("People expected at a drive")
    STAFF = "STAFF", _("Staff on duty")


class Rule(models.TextChoices):
    """How the day of a touchpoint is found; of an alarm, who is called and when."""

    OFFSET = "OFFSET", _("So many days after a day")
    YEARLY = "YEARLY", _("Every year on that day")  # by the calendar the family keeps
    LUNAR = "LUNAR", _("A day of the lunar year")
    TERM = "TERM", _("A solar term")
    SOLAR = "SOLAR", _("A day of the solar year")
    OWN = "OWN", _("The days that the family named itself")
    AT_ONCE = "AT_ONCE", _("At once: those whose matter it is, and the first on duty")
    NEXT = "NEXT", _("Nobody has answered: the next on duty")
    AGAIN = "AGAIN", _("Nobody is left to call: everybody once more")


class Programme(ProgrammeWay, ActedBy):
    """One version of a programme. ``by_*`` say who wrote it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=32)  # as "family_care"
    version = models.PositiveSmallIntegerField()
    audience = models.CharField(max_length=8, choices=Audience)
    bereaved = models.BooleanField(default=False)  # an unknown message is never sent again by the program
    service = models.BooleanField(default=False)  # quiet hours and 48 hours do not bind it
    # Kept for everybody on the register: its messages are planned at once, without a plan for each.
    for_everybody = models.BooleanField(default=False)
    branch_path = models.CharField(max_length=32, blank=True)  # the top of the tree of who drafted it
    names = models.JSONField(default=dict)  # language → name
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    counsel_approved = models.BooleanField(default=False)  # the first contents are drafts

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="programmes_in_use_since_when",
                condition=Q(state=ProgrammeState.DRAFT, published_at__isnull=True)
                | ~Q(state=ProgrammeState.DRAFT) & Q(published_at__isnull=False),
            ),
            models.UniqueConstraint(name="programmes_version_once", fields=["key", "version"]),
            models.UniqueConstraint(
                name="programmes_one_in_use", fields=["key"], condition=Q(state="PUBLISHED")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"

    def get_absolute_url(self) -> str:
        """Return the version's own page."""
        return reverse("programmes:version", args=[self.pk])

    def name_in(self, language: str) -> str:
        """Return the name in a language; the first there is where it has none in this one."""
        return named(self.names, language)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where it stands in the tree: at its top, since it holds for all of it."""
        return (self.branch_path,)


class ProgrammeStep(models.Model):
    """One touchpoint of a programme: when, by which ways, in which words, and who releases it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=32)  # as "d7", "qingming"
    names = models.JSONField(default=dict)  # language → name
    rule = models.CharField(max_length=8, choices=Rule)
    base = models.CharField(max_length=24, blank=True)  # a fact of the person: "died_on", "listed_on"
    offset_days = models.SmallIntegerField(default=0)
    offset_months = models.PositiveSmallIntegerField(default=0)
    # Some regions count the day itself, others do not; see ``planning``.
    counts_the_day = models.BooleanField(default=False)
    first_year = models.PositiveSmallIntegerField(default=0)  # which time after the base; 0 is the first
    last_year = models.PositiveSmallIntegerField(default=0)  # 0 is without an end
    month = models.PositiveSmallIntegerField(default=0)
    day = models.PositiveSmallIntegerField(default=0)
    term = models.CharField(max_length=16, blank=True)
    conditions = models.JSONField(default=list)  # keys of notifications.programmes.conditions; all hold
    channels = models.JSONField(default=list)  # of Channel, in the order they are tried
    wording = models.CharField(max_length=48, blank=True)
    needs_approval = models.BooleanField(default=True)
    only_if_chosen = models.BooleanField(default=False)  # a rite the family ticked
    asks = models.BooleanField(default=False)  # a survey, an appeal, fundraising: never before 百日
    beats_gap = models.BooleanField(default=False)  # a rite's date beats the 48 hours of a routine message
    at_least_once = models.BooleanField(default=False)  # an unclear one is sent again: service messages only
    on_working_day = models.BooleanField(default=False)  # moved to the next working day
    # Of a call: so long an answer is waited for, then the alarm is passed on. 0 where staff are not called.
    minutes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="programmes_step_once", fields=["programme", "key"]),
            models.UniqueConstraint(name="programmes_step_has_its_place", fields=["programme", "order"]),
        ]

    def __str__(self) -> str:
        return self.key

    def name_in(self, language: str) -> str:
        """Return the name in a language; the first there is where it has none in this one."""
        return named(self.names, language)
