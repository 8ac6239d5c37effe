"""What events show in, and take from, the rooms below."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from foundation.desk import belongings
from foundation.trail import Actor
from notifications.delivery import asking as delivery
from notifications.delivery import filling
from notifications.events import actions, asking, queries, telling
from notifications.events.models import Invitation
from notifications.links import replies
from notifications.outbox import following, restored
from registry.families.models import Family
from registry.families.signals import family_changed


def register() -> None:
    """Take answers by link; say how words about events are filled, asked and sent, and whose rows are."""
    replies.register(replies.Replies(queries.describe, actions.answered_by_link))
    filling.register("events", telling.fill)
    delivery.register("events", asking.question)
    following.register("events", asking.ways)
    restored.register("events", actions.remind_of_lost_days)
    belongings.register({Invitation: "subject"})
    family_changed.connect(a_family_changed, dispatch_uid="events.family")


def a_family_changed(*, family: Family, by: Actor, at: datetime, **_more: Any) -> None:
    """Take back invitations that have not left to a household that wants no events; let words go with one."""
    actions.go_along(family)
    if family.events_declined_at is not None:
        actions.take_back(family, by=by, at=at)
