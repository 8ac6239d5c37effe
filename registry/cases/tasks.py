"""What happens to matches by itself: files of notices are destroyed when their time is over."""

from celery import shared_task
from django.utils import timezone

from foundation.access import task_actor
from registry.cases import notice_files


@shared_task
def purge_notice_files() -> None:
    """Destroy the files of notices that were handed in long ago."""
    notice_files.purge(by=task_actor("cases.purge_notice_files"), at=timezone.now())
