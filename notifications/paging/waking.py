"""Tell a worker that somebody is to be called; without a broker, the next minute does it."""

from __future__ import annotations

from uuid import UUID

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
CALL = "notifications.paging.tasks.call"


def wake(alarm_id: UUID) -> None:
    """Have the copies of an alarm handed over now."""
    try:
        current_app.send_task(CALL, args=[str(alarm_id)], expires=60, retry=False)
    except (OperationalError, OSError):
        log.warning("paging.not_told", alarm=str(alarm_id))
