"""What runs by night, and the long work of asking again; both are safe to run twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from consent import actions, queries
from consent.models import Text
from foundation.access import task_actor

if TYPE_CHECKING:
    from foundation.jobs import Running


@shared_task
def expire() -> int:
    """End the consents whose last day is over."""
    return actions.expire_due(by=task_actor("consent.expire"), at=timezone.now())


def ask_again(job: Running) -> Mapping[str, Any]:
    """Mark everybody whom a new text asks for more than they signed."""
    text = Text.objects.get(pk=UUID(job.args["text"]))
    by = task_actor("consent.ask_again")
    total = queries.holders_of_less(text).count()
    done = 0
    while marked := actions.ask_again(text, by=by, at=job.at):
        done += marked
        job.progress(done, max(total, done))
    return {"asked_again": done}
