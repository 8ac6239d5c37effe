"""A plan for one household or one person, and what it has planned."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from notifications.plans.querysets import PlanQuerySet, TouchpointQuerySet
from notifications.plans.states import LIVE_PLANS, PlanWay, TouchpointState
from notifications.plans.touchpoint_way import TouchpointWay


class Plan(PlanWay, ActedBy):
    """A programme kept for one household, or for one donor. ``by_*`` say who began it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    programme_key = models.CharField(max_length=32)
    family = models.ForeignKey("registry.Family", models.PROTECT, null=True, related_name="plans")
    subject = models.ForeignKey("foundation.Subject", models.PROTECT, null=True, related_name="plans")
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    began_at = models.DateTimeField()
    paused_until = models.DateField(null=True, blank=True)
    planned_through = models.DateField(null=True, blank=True)  # the calendar is made up to here

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="plans_of_a_household_or_a_person",
                condition=Q(family__isnull=False, subject__isnull=True)
                | Q(family__isnull=True, subject__isnull=False),
            ),
            models.UniqueConstraint(
                name="plans_one_a_household",
                fields=["family", "programme_key"],
                condition=Q(state__in=LIVE_PLANS, family__isnull=False),
            ),
            models.UniqueConstraint(
                name="plans_one_a_person",
                fields=["subject", "programme_key"],
                condition=Q(state__in=LIVE_PLANS, subject__isnull=False),
            ),
        ]
        indexes = [models.Index(name="plans_of_branch", fields=["branch_path", "-id"])]

    def __str__(self) -> str:
        return f"{self.programme_key} {self.pk}"

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the plan stands in the tree."""
        return (self.branch_path,)


class StalePlan(models.Model):
    """A plan whose calendar no longer fits what is known of its people; it goes once that is made anew."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="stale")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Touchpoint(TouchpointWay):
    """One occasion of a plan: its day, its way, and what became of it. Its messages go to people."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="touchpoints")
    step = models.ForeignKey("notifications.ProgrammeStep", models.PROTECT, related_name="touchpoints")
    key = models.CharField(max_length=32)  # of the step; it outlives versions
    occasion = models.CharField(max_length=16, blank=True)  # the year of a yearly one, else ""
    on_date = models.DateField()
    branch_path = models.CharField(max_length=32)
    channel = models.CharField(max_length=8, blank=True)  # chosen by a person, else the first that works
    held_reason = models.CharField(max_length=24, blank=True)
    why = models.CharField(max_length=24, blank=True)  # it was left out or cancelled: plans.whys
    approved_by_id = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = TouchpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="plans_touchpoint_once", fields=["plan", "key", "occasion"]),
            models.CheckConstraint(
                name="plans_held_says_why",
                condition=~Q(state=TouchpointState.HELD) | ~Q(held_reason=""),
            ),
            models.CheckConstraint(
                name="plans_left_out_says_why",
                condition=~Q(state__in=[TouchpointState.SKIPPED, TouchpointState.CANCELLED]) | ~Q(why=""),
            ),
            models.CheckConstraint(
                name="plans_approved_says_when_and_by_whom",
                condition=Q(approved_at__isnull=True, approved_by_id="")
                | Q(approved_at__isnull=False) & ~Q(approved_by_id=""),
            ),
        ]
        indexes = [
            models.Index(name="plans_calendar", fields=["branch_path", "on_date"]),
            models.Index(name="plans_due", fields=["state", "on_date"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.on_date}"

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the touchpoint stands in the tree."""
        return (self.branch_path,)
