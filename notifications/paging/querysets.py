"""Which alarms concern somebody, which wait for a next step, and who is on duty where."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from foundation.access import Scope
    from notifications.paging.models import Alarm, Copy, Duty  # noqa: F401


def here_of(path: str) -> models.Q:
    """Return the condition that a member of staff works here still; ``path`` leads to them, as "staff__"."""
    return models.Q(**{f"{path}is_active": True, f"{path}left_at__isnull": True})


class AlarmQuerySet(models.QuerySet["Alarm"]):
    """Alarms."""

    def concerning(self, staff_id: UUID) -> AlarmQuerySet:
        """Return those that somebody was called for."""
        return self.filter(calls__staff=staff_id)

    def going_on(self) -> AlarmQuerySet:
        """Return those that are not over."""
        return self.filter(over_at__isnull=True)

    def visible_to(self, scope: Scope) -> AlarmQuerySet:
        """Keep those of the branches in a scope, for who sees to it that somebody is called."""
        return self.filter(scope.q("branch__path"))


class DutyQuerySet(models.QuerySet["Duty"]):
    """Times on duty."""

    def visible_to(self, scope: Scope) -> DutyQuerySet:
        """Keep those of the branches in a scope."""
        return self.filter(scope.q("branch__path"))

    def on(self, at: datetime) -> DutyQuerySet:
        """Return those that hold at a moment."""
        still = self.filter(starts_at__lte=at, ends_at__gt=at, ended_at__isnull=True)
        return still.filter(here_of("staff__"), branch__active=True)


class CopyQuerySet(models.QuerySet["Copy"]):
    """Copies of an alarm on their way to one person by one channel."""

    def due(self, at: datetime) -> CopyQuerySet:
        """Return those that are to be handed over now."""
        return self.filter(state="DUE", not_before__lte=at)
