"""Drives: where and when volunteers are enrolled, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition
from guardian.models import UserObjectPermissionBase

from foundation import moves
from foundation.access import Permission
from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from registry.drives import guards
from registry.drives.states import DriveKind, DriveState, Duty

if TYPE_CHECKING:
    from datetime import date
    from typing import Self

    from foundation.access import Scope


class PlaceQuerySet(models.QuerySet["Place"]):
    """Places a reader may see."""

    def visible_to(self, scope: Scope) -> Self:
        """Return the places of the branches in a scope."""
        return self.filter(scope.q("branch_path"))


class Place(ActedBy):
    """Where drives are held: a campus, a square, a company."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    branch = models.ForeignKey("foundation.Branch", on_delete=models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32, db_index=True)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    at = models.DateTimeField()

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="place_one_name_in_a_branch", fields=["branch", "name"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Return the branch whose staff may work with this place."""
        return (self.branch_path,)


class DriveQuerySet(models.QuerySet["Drive"]):
    """Drives a reader may see."""

    def visible_to(self, scope: Scope) -> Self:
        """Return the drives of the branches in a scope, and the ones a helper is named on."""
        return self.filter(scope.q("branch_path") | Q(pk__in=scope.named_ids(Drive)))

    def on(self, day: date) -> Self:
        """Return the drives held on a day."""
        return self.filter(on_date=day)


class Drive(models.Model):
    """A day on which volunteers are enrolled, or the standing drive of an office."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=DriveKind, default=DriveKind.DRIVE)
    name = models.CharField(max_length=80)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="drives")
    branch = models.ForeignKey("foundation.Branch", on_delete=models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    on_date = models.DateField(null=True, blank=True)
    starts = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)
    expected = models.PositiveSmallIntegerField(default=0)
    # The text that the paper forms of this drive carried; a sheet is recorded under it.
    paper_text = models.ForeignKey(
        "consent.Text", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = FSMField(default=DriveState.PLANNED, choices=DriveState, protected=True)

    objects = DriveQuerySet.as_manager()

    beginnings = {
        "plan": (DriveState.PLANNED, moves.rule(Permission.DRIVE_MANAGE)),
        "stand": (
            DriveState.OPEN,
            moves.rule((Permission.DRIVE_MANAGE, Permission.DONOR_ENROL)),
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="drive_one_office_a_branch",
                fields=["branch"],
                condition=Q(kind=DriveKind.OFFICE),
            ),
            models.CheckConstraint(
                name="drive_says_its_day_unless_office",
                condition=Q(kind=DriveKind.DRIVE, on_date__isnull=False)
                | Q(kind=DriveKind.OFFICE, on_date__isnull=True),
            ),
            models.CheckConstraint(
                name="drive_office_stays_open",
                condition=~Q(kind=DriveKind.OFFICE) | Q(state=DriveState.OPEN),
            ),
            models.CheckConstraint(
                name="drive_ends_after_it_starts",
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gt=F("starts")),
            ),
        ]
        indexes = [models.Index(name="drive_of_branch_on_day", fields=["branch_path", "on_date"])]
        permissions = [("work_on_drive", "Helps on this drive for its day")]

    def __str__(self) -> str:
        return self.name

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Return the branch whose staff may work on this drive."""
        return (self.branch_path,)

    @transition(
        state,
        source=[DriveState.PLANNED, DriveState.CLOSED],
        target=DriveState.OPEN,
        custom=moves.rule(
            Permission.DRIVE_MANAGE,
            moves.Guard(guards.its_day_has_come, _("The day of this drive has not come yet.")),
        ),
    )
    def open(self) -> None:
        """Let volunteers be enrolled; a drive that was closed too early is opened again."""

    @transition(
        state,
        source=DriveState.OPEN,
        target=DriveState.CLOSED,
        custom=moves.rule(
            Permission.DRIVE_MANAGE,
            moves.Guard(
                guards.is_not_an_office, _("An office has no end; its days are counted up one by one.")
            ),
            moves.Guard(
                guards.every_gap_has_a_reason, _("Say for everyone who lacks something why it is missing.")
            ),
            moves.Guard(
                guards.the_count_agrees_or_says_why, _("Say why the box or the folder holds another number.")
            ),
        ),
    )
    def close(self) -> None:
        """Count up and end the day."""

    @transition(
        state,
        source=[DriveState.PLANNED, DriveState.OPEN],
        target=DriveState.CLOSED,
        custom=moves.rule(
            Permission.DRIVE_MANAGE,
            moves.Guard(guards.is_not_an_office, _("An office has no day that could be called off.")),
            moves.Guard(
                guards.nobody_was_enrolled, _("Somebody was enrolled here. Count the day up instead.")
            ),
            moves.Guard(guards.nobody_is_expected, _("Somebody has an appointment there. Ring them first.")),
        ),
    )
    def call_off(self) -> None:
        """Note that it does not take place, and why. On its day it may be opened all the same."""


class DriveUserObjectPermission(UserObjectPermissionBase):
    """Names a helper on one drive, for the day."""

    content_object = models.ForeignKey(Drive, on_delete=models.CASCADE)


class DriveStaff(ActedBy):
    """A colleague who works at a drive."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="team")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=8, choices=Duty, default=Duty.ENROL)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="drive_staff_once_on_a_drive", fields=["drive", "staff"]),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.id}"


class Helper(ActedBy):
    """A volunteer who helps on one drive for a day, with a login that ends with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="helpers")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_date = models.DateField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_id = models.CharField(max_length=64, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="helper_once_a_drive_and_day", fields=["drive", "staff", "on_date"]),
            models.CheckConstraint(
                name="helper_ended_says_by_whom",
                condition=Q(ended_at__isnull=True, ended_by_id="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by_id="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drive_id} {self.on_date}"
