"""Read long work for the pages that show it."""

from __future__ import annotations

from django.db.models import Q

from foundation.access import Scope, Staff
from foundation.jobs.models import Job, JobQuerySet


def seen_by(staff: Staff, scope: Scope) -> JobQuerySet:
    """Return the work this person asked for, or that was asked for at branches in the scope; newest first."""
    return Job.objects.filter(Q(by_id=str(staff.pk)) | scope.q("branch_path")).order_by("-id")


def waiting_or_running(kind: str, **args: str) -> JobQuerySet:
    """Return the work of a kind that has not ended, with these arguments."""
    return Job.objects.open().filter(kind=kind, **{f"args__{name}": value for name, value in args.items()})


def latest(kind: str, **args: str) -> Job | None:
    """Return the newest work of a kind with these arguments, ended or not."""
    wanted = {f"args__{name}": value for name, value in args.items()}
    return Job.objects.filter(kind=kind, **wanted).order_by("-id").first()
