"""Which messages one may see, and which are to be sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.outbox.states import WAITING, MessageState

if TYPE_CHECKING:
    from foundation.access import Scope
    from notifications.outbox.models import Message, Refusal  # noqa: F401


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages."""

    def visible_to(self, scope: Scope) -> Self:
        """Keep those to people of the branches in a scope."""
        return self.filter(scope.q("branch_path"))

    def waiting(self) -> Self:
        """Keep those that were surely not handed over, and may yet be."""
        return self.filter(state__in=WAITING)

    def due(self, at: datetime) -> Self:
        """Keep those that are to be sent now and that nobody has taken up."""
        soon = Q(not_before__isnull=True) | Q(not_before__lte=at)
        return self.filter(soon, state=MessageState.DUE, due_at__lte=at)

    def to_tell(self, at: datetime) -> Self:
        """Keep those that are due and that no worker was told of lately: a wake-up lives no longer."""
        lately = at - timedelta(seconds=settings.OUTBOX_WAKE_SECONDS)
        return self.due(at).filter(Q(told_at__isnull=True) | Q(told_at__lte=lately) | Q(told_at__gt=at))

    def to_decide(self) -> Self:
        """Keep those of which nobody knows whether they arrived."""
        return self.filter(state=MessageState.UNKNOWN)


class RefusalQuerySet(models.QuerySet["Refusal"]):
    """Why messages were not sent."""

    def visible_to(self, scope: Scope) -> Self:
        """Keep those of messages to people of the branches in a scope."""
        return self.filter(scope.q("message__branch_path"))
