"""The table of long work: what was asked, how far it is, who has it in hand and how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.access import Scope
from foundation.ids import uuid7
from foundation.trail import ActedBy


class JobState(models.TextChoices):
    """Where long work stands."""

    QUEUED = "QUEUED", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")
    STOPPED = "STOPPED", _("Stopped")


ENDED = (JobState.DONE, JobState.FAILED, JobState.STOPPED)


class JobQuerySet(models.QuerySet["Job"]):
    """Long work by where it stands and who may see it."""

    def visible_to(self, scope: Scope) -> Self:
        """Return the jobs asked for at branches in the scope."""
        return self.filter(scope.q("branch_path"))

    def of(self, kind: str, about: UUID | None) -> Self:
        """Return the work of a kind about one thing; None is the work about everything."""
        return self.filter(kind=kind, about=about)

    def open(self) -> Self:
        """Return those that have not ended."""
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])

    def nobody_has(self, at: datetime) -> Self:
        """Return those not ended that no worker has in hand, or whose worker has gone silent."""
        return self.open().filter(Q(leased_until__isnull=True) | Q(leased_until__lt=at))


class Job(ActedBy):
    """
    One piece of long work. ``args`` and ``result`` hold ids, codes and counts only.

    A worker has it in hand as long as ``leased_until`` says; it renews that with every
    report of progress. ``place`` is what the work needs to go on after a restart.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=48)
    args = models.JSONField(default=dict)
    about = models.UUIDField(null=True)  # the sheet, pile or text it is done to, if it is done to one
    language = models.CharField(max_length=16, blank=True)
    branch = models.ForeignKey("foundation.Branch", on_delete=models.PROTECT, null=True, related_name="+")
    branch_path = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    place = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    problems = models.JSONField(default=list)  # sentences, or the name of an unforeseen error
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    stop_asked_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    runs = models.PositiveSmallIntegerField(default=0)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="jobs_ended_says_when",
                condition=Q(state__in=ENDED, ended_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(ended_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="jobs_lease_only_while_running",
                condition=Q(state=JobState.RUNNING, lease__isnull=False, leased_until__isnull=False)
                | (~Q(state=JobState.RUNNING) & Q(lease__isnull=True, leased_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="jobs_done_within_total", condition=Q(total__isnull=True) | Q(done__lte=F("total"))
            ),
        ]
        indexes = [
            models.Index(
                name="jobs_open", fields=["leased_until"], condition=Q(state__in=["QUEUED", "RUNNING"])
            ),
            models.Index(name="jobs_of_branch", fields=["branch_path", "-id"]),
            models.Index(name="jobs_asked_by", fields=["by_id", "-id"]),
            models.Index(name="jobs_about", fields=["kind", "about", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where this job stands in the tree."""
        return (self.branch_path,) if self.branch_path else ()

    @property
    def has_ended(self) -> bool:
        """Return whether nothing more happens to it."""
        return self.state in ENDED

    def waits_for_worker(self, at: datetime) -> bool:
        """Return whether no worker has begun it, longer than one expects."""
        late = self.asked_at + timedelta(seconds=settings.JOB_WAIT_SECONDS)
        return self.state == JobState.QUEUED and at >= late

    @property
    def percent(self) -> int | None:
        """Return how far it is, or None where the whole is not known."""
        return self.done * 100 // self.total if self.total else None
