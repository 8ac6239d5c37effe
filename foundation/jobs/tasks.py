"""The worker's side of long work: one task that carries an id, and the sweep of every minute."""

from __future__ import annotations

from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from foundation.jobs import actions
from foundation.jobs.running import run

log = structlog.get_logger(__name__)


@shared_task
def do(job_id: str) -> None:
    """Do one piece of long work. Safe to run twice: the lease lets one in."""
    run(UUID(job_id), clock=timezone.now)


@shared_task
def sweep() -> None:
    """Hand out again what no worker has in hand."""
    actions.sweep(at=timezone.now(), send=hand_out)


def hand_out(job_id: UUID) -> None:
    """Give a job to a worker; without a broker it waits for the next sweep."""
    try:
        do.delay(str(job_id))
    except OperationalError:
        log.warning("job.not_sent", job=str(job_id))
