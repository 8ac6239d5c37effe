"""Call lists: forty people for an afternoon, and the helpers who ring them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from guardian.models import UserObjectPermissionBase

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from registry.donors.querysets import CallListQuerySet

if TYPE_CHECKING:
    from datetime import date


class CallList(ActedBy):
    """A named list of people to ring on one day, by staff of a branch and helpers named on it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    purpose = models.CharField(max_length=16)  # a key of ``purposes.PURPOSES``
    on_date = models.DateField()
    people = models.PositiveSmallIntegerField(default=0)  # how many were put on it
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = CallListQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="donors_call_lists", fields=["branch_path", "on_date"])]
        permissions = [("work_on_calllist", "Rings the people of this list for its day")]

    def __str__(self) -> str:
        return self.name

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """The branch whose list it is."""
        return (self.branch_path,)

    def is_over(self, today: date) -> bool:
        """Return whether nobody rings from this list any more."""
        return self.ended_at is not None or self.on_date < today


class CallListUserObjectPermission(UserObjectPermissionBase):
    """Names a helper on one call list, for its day."""

    content_object = models.ForeignKey(CallList, on_delete=models.CASCADE)


class CallHelper(ActedBy):
    """A volunteer who rings from one list for a day; the login ends with it, the hours are counted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call_list = models.ForeignKey(CallList, models.CASCADE, related_name="helpers")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    first_at = models.DateTimeField(null=True)  # the first call that was opened
    last_at = models.DateTimeField(null=True)  # the last result
    minutes = models.PositiveSmallIntegerField(null=True)  # as signed; until then as counted
    adjusted_by_id = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="donors_helper_once_on_a_list", fields=["call_list", "staff"]),
            models.CheckConstraint(
                name="donors_helper_ended_says_by_whom",
                condition=Q(ended_at__isnull=True, ended_by_id="")
                | Q(ended_at__isnull=False) & ~Q(ended_by_id=""),
            ),
            models.CheckConstraint(
                name="donors_helper_ends_after_beginning",
                condition=Q(first_at__isnull=True, last_at__isnull=True) | Q(last_at__gte=F("first_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def counted_minutes(self) -> int:
        """The time from the first call to the last; unit: minutes, begun ones count."""
        if self.first_at is None or self.last_at is None:
            return 0
        seconds = (self.last_at - self.first_at).total_seconds()
        return min(-int(-seconds // 60), settings.HELPER_MINUTES_MOST)

    @property
    def hours(self) -> str:
        """The hours to be signed, to a tenth."""
        return f"{(self.counted_minutes if self.minutes is None else self.minutes) / 60:.1f}"
