"""Run one piece of long work: take it in hand, report progress, end it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db.models import F
from django.utils import translation

from foundation.jobs import actions
from foundation.jobs.kinds import kind_of
from foundation.jobs.models import Job, JobState
from foundation.trail import Actor

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]


class Stopped(Exception):
    """The work was asked to stop, and did."""


class LeaseLost(Exception):
    """Another worker has the work in hand: this one was silent too long, and must write nothing more."""


@dataclass(slots=True)
class Running:
    """What a handler holds while it works. Report progress outside the transaction that does the work."""

    job: Job
    clock: Clock
    _reported_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Begin at the moment the work was taken in hand."""
        self._reported_at = self.at

    @property
    def args(self) -> Mapping[str, Any]:
        """What was asked."""
        args: Mapping[str, Any] = self.job.args
        return args

    @property
    def by(self) -> Actor:
        """Who asked."""
        return Actor.of(self.job)

    @property
    def at(self) -> datetime:
        """The moment the work first began: the same after a restart, so that it writes the same again."""
        return self.job.started_at or self.job.asked_at

    @property
    def place(self) -> dict[str, Any]:
        """What was kept before a restart; empty at first."""
        place: dict[str, Any] = self.job.place
        return place

    @property
    def stop_asked(self) -> bool:
        """Whether somebody asked the work to stop."""
        return Job.objects.filter(pk=self.job.pk, stop_asked_at__isnull=False).exists()

    def progress(self, done: int, total: int | None = None) -> None:
        """
        Report how far the work is, at most once a second, and keep it in hand.

        :raises Stopped: if somebody asked it to stop; let it pass.
        :raises LeaseLost: if another worker has taken it over.
        """
        now = self.clock()
        ended = total is not None and done >= total
        if not ended and now - self._reported_at < timedelta(seconds=1):
            return
        self._reported_at = now
        self._write(now, done=done, **({} if total is None else {"total": total}))
        if self.stop_asked and not ended:
            raise Stopped

    def expect_silence(self, longest: timedelta) -> None:
        """Keep the work in hand through a transaction that cannot report, however slow the machine."""
        now = self.clock()
        self._write(now, leased_until=max(_until(now), now + longest))

    def keep(self, **place: Any) -> None:
        """Keep what the work needs to go on from here after a restart; ids and counts only."""
        self.job.place = {**self.job.place, **place}
        self._write(self.clock(), place=self.job.place)

    def _write(self, now: datetime, **values: Any) -> None:
        mine = Job.objects.filter(pk=self.job.pk, lease=self.job.lease, state=JobState.RUNNING)
        if not mine.update(**{"leased_until": _until(now), **values}):
            raise LeaseLost


def run(job_id: UUID, *, clock: Clock) -> Job | None:
    """
    Do one piece of long work, unless another worker has it in hand or it has ended.

    :returns: the job as it ended, or None if it was not this caller's to do.
    """
    job = _take(job_id, clock())
    if job is None:
        return None
    with translation.override(job.language or None):
        state, result, problems = _work(Running(job, clock))
    actions.end(job, state, at=clock(), result=result, problems=problems)
    return Job.objects.get(pk=job.pk)


def _take(job_id: UUID, now: datetime) -> Job | None:
    lease = uuid4()
    free = Job.objects.nobody_has(now).filter(pk=job_id, stop_asked_at__isnull=True)
    taken = free.update(state=JobState.RUNNING, lease=lease, leased_until=_until(now), runs=F("runs") + 1)
    if not taken:
        return None
    Job.objects.filter(pk=job_id, started_at__isnull=True).update(started_at=now)
    return Job.objects.get(pk=job_id)


def _work(running: Running) -> tuple[JobState, Mapping[str, Any] | None, list[str]]:
    try:
        return JobState.DONE, kind_of(running.job.kind).handler(running), []
    except Stopped:
        return JobState.STOPPED, None, []
    except Exception as fault:  # noqa: BLE001 whatever happens, the page must say that it ended
        return JobState.FAILED, None, _sentences(running.job, fault)


def _sentences(job: Job, fault: Exception) -> list[str]:
    known = getattr(fault, "sentences", None)
    if known:
        return [str(sentence) for sentence in known]
    # The message of an error may hold a value from a sheet: only its kind and place are logged.
    where = traceback.format_tb(fault.__traceback__)[-3:]
    log.error("job.failed", job=str(job.pk), kind=job.kind, error=type(fault).__name__, where=where)
    return [type(fault).__name__]


def _until(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.JOB_LEASE_SECONDS)
