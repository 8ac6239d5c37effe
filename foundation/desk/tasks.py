"""Keep the house: what must be swept now and then, whatever the rooms do."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

EMBEDDED = "sqla+sqlite:///"


@shared_task
def purge_broker() -> None:
    """Delete the rows of the embedded broker that were delivered long ago; it never does so itself."""
    if not settings.CELERY_BROKER_URL.startswith(EMBEDDED):
        return
    file = Path(settings.CELERY_BROKER_URL.removeprefix(EMBEDDED))
    before = timezone.now() - timedelta(hours=settings.BROKER_KEEP_HOURS)
    with closing(sqlite3.connect(file, timeout=30)) as broker, broker:
        broker.execute(
            "DELETE FROM kombu_message WHERE visible = 0 AND timestamp < ?",
            [before.replace(tzinfo=None).isoformat(sep=" ")],
        )
