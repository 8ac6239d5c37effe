"""What happens to matches by itself, at night; each task is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from foundation.access import task_actor
from registry.cases import notice_files
from registry.cases.actions import parting, recounting


@shared_task
def purge_notice_files() -> None:
    """Destroy the files of notices that were handed in long ago."""
    notice_files.purge(by=task_actor("cases.purge_notice_files"), at=timezone.now())


@shared_task
def tend_matches() -> None:
    """Count clocks anew where a calendar was published, and let the guests of ended matches go."""
    by, at = task_actor("cases.tend_matches"), timezone.now()
    recounting.recount_clocks(by=by, at=at)
    parting.part_from_ended(by=by, at=at)
