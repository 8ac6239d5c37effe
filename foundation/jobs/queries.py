"""Read long work for the pages that show it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from foundation.access import Scope, Staff
from foundation.jobs.models import Job, JobQuerySet


def seen_by(staff: Staff, scope: Scope) -> JobQuerySet:
    """Return the work this person asked for, or that was asked for at branches in the scope; newest first."""
    return Job.objects.filter(Q(by_id=str(staff.pk)) | scope.q("branch_path")).order_by("-id")


def waiting_or_running(kind: str, *, about: UUID | None = None) -> JobQuerySet:
    """Return the work of a kind, about one thing or about everything, that has not ended."""
    return Job.objects.of(kind, about).open()


def latest(kind: str, *, about: UUID | None = None) -> Job | None:
    """Return the newest work of a kind, about one thing or about everything, ended or not."""
    return Job.objects.of(kind, about).order_by("-id").first()
