"""Nightly work on tubes."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from foundation.access import task_actor
from registry.samples import actions


@shared_task(name="registry.samples.tasks.call_for_destruction")
def call_for_destruction() -> int:
    """Put the tubes whose day has come on the lists of who keeps them."""
    at = timezone.now()
    by = task_actor("samples.destruction")
    return actions.call_for_destruction(on=timezone.localdate(at), by=by, at=at)
