"""Ask for long work, ask it to stop, and pick up what was left lying."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation

from foundation import trail
from foundation.access import Branch
from foundation.jobs.kinds import kind_of
from foundation.jobs.models import Job, JobState
from foundation.trail import Actor


@transaction.atomic
def start(
    kind: str,
    args: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    branch: Branch | None = None,
    about: UUID | None = None,
) -> Job:
    """
    Ask for long work; a worker takes it up after the commit.

    :param args: ids, codes and counts only: they are shown, and kept.
    :param about: the one thing it is done to, by which it is looked up again.
    :raises UnknownKind: if nobody registered this kind.
    """
    job = new(kind, args, by=by, at=at, branch=branch, about=about)
    transaction.on_commit(partial(_send, job.pk))
    return job


@transaction.atomic
def new(
    kind: str,
    args: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    branch: Branch | None = None,
    about: UUID | None = None,
) -> Job:
    """Write long work down without sending it to a worker, for a command that runs it itself."""
    job = Job.objects.create(
        kind=kind_of(kind).key,
        args=dict(args),
        about=about,
        language=translation.get_language() or "",
        branch=branch,
        branch_path=branch.path if branch else "",
        asked_at=at,
        **by.columns(),
    )
    trail.record("job.asked", by=by, at=at, object=job, branch=branch.pk if branch else "", kind=kind)
    return job


def _send(job_id: UUID) -> None:
    from foundation.jobs import tasks  # noqa: PLC0415 tasks stand above actions

    tasks.hand_out(job_id)


@transaction.atomic
def ask_to_stop(job: Job, *, by: Actor, at: datetime) -> bool:
    """
    Ask long work to stop at its next step; work that nobody has begun stops at once.

    :returns: whether there was anything left to stop.
    """
    asked = Job.objects.open().filter(pk=job.pk, stop_asked_at__isnull=True).update(stop_asked_at=at)
    if asked:
        trail.record("job.stop_asked", by=by, at=at, object=job)
    _end_those_asked_to_stop(Job.objects.filter(pk=job.pk), at=at)
    return bool(asked)


def sweep(*, at: datetime, send: Callable[[UUID], object]) -> int:
    """
    Hand out again what no worker has in hand, and end what has crashed too often.

    :param send: gives a job to a worker.
    :returns: how many were handed out.
    """
    _end_those_asked_to_stop(Job.objects.all(), at=at)
    waited = at - timedelta(seconds=settings.JOB_LEASE_SECONDS)
    left = Job.objects.nobody_has(at).filter(Q(state=JobState.RUNNING) | Q(asked_at__lt=waited))
    for job in left.filter(runs__gte=settings.JOB_RUNS_MOST):
        end(job, JobState.FAILED, at=at, problems=["crashed"])
    ids = list(left.filter(runs__lt=settings.JOB_RUNS_MOST).values_list("pk", flat=True))
    for job_id in ids:
        send(job_id)
    return len(ids)


def _end_those_asked_to_stop(jobs: Any, *, at: datetime) -> None:
    for job in jobs.nobody_has(at).filter(stop_asked_at__isnull=False):
        end(job, JobState.STOPPED, at=at)


@transaction.atomic
def end(
    job: Job,
    state: JobState,
    *,
    at: datetime,
    result: Mapping[str, Any] | None = None,
    problems: list[str] | None = None,
) -> bool:
    """
    Write down how long work ended, if the same worker (or none) still has it in hand.

    :returns: False if another has it by now.
    """
    ended = Job.objects.open().filter(pk=job.pk, lease=job.lease).update(
        state=state,
        ended_at=at,
        result=dict(result or {}),
        problems=problems or [],
        lease=None,
        leased_until=None,
    )  # fmt: skip
    if ended:
        trail.record("job.ended", by=Actor.of(job), at=at, object=job, state=state, kind=job.kind)
    return bool(ended)
