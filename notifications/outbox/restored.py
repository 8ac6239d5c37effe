"""What a database that is gone may have sent after its last backup: a person looks at each, or at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db.models import Q, QuerySet

from foundation import calendar, moves
from foundation.trail import Actor
from notifications.outbox import following
from notifications.outbox.models import Message, Refusal
from notifications.outbox.states import WAITING, MessageState
from notifications.plans import actions as plans
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.plans.whys import Why

log = structlog.get_logger(__name__)
RESTORED: Final = Why.RESTORED.value
AT_ONCE: Final = 500
Plan = Callable[[datetime, datetime], object]
_plans: Final[dict[str, Plan]] = {}


def register(key: str, plan: Plan) -> None:
    """
    Let a room above queue what a database that is gone had queued, so that it is queued no second time.

    :param plan: takes until when that one was there, and now. What it queues is left to a person.
    """
    _plans[key] = plan


def queue_again(lost_at: datetime, *, at: datetime) -> None:
    """Queue what the lost days queued without a touchpoint; everything is held meanwhile."""
    for plan in _plans.values():
        plan(lost_at, at)


def hold_touchpoints(lost_at: datetime, *, by: Actor, at: datetime) -> int:
    """
    Hold touchpoints that went out, or were done by hand, for all this database knows.

    Each in a transaction of its own, while everything is held: begun again, it goes on.

    :returns: how many were held.
    """
    held = 0
    for touchpoint in _maybe_done(lost_at).select_related("plan__family__giver").order_by("pk"):
        try:
            plans.hold(touchpoint, why=RESTORED, by=by, at=at)
        except moves.WrongState:
            log.info("touchpoint_moved_meanwhile", touchpoint=str(touchpoint.pk))
        else:
            held += 1
    return held


def leave_to_a_person(lost_at: datetime, *, at: datetime) -> int:
    """Note of messages that were waiting that they may have been sent, and return how many there were."""
    left, ids = 0, list(_maybe_sent(lost_at, at=at).values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        waiting = Message.objects.filter(pk__in=part, state__in=WAITING)
        left += waiting.update(state=MessageState.UNKNOWN, why=RESTORED, settled_at=at, lease_until=None)
        for message in _now_unknown(part, at=at):
            following.after(message, at=at)
    return left


def _maybe_done(lost_at: datetime) -> QuerySet[Touchpoint]:
    """
    What a machine sends follows its messages; a letter may be posted long before its day.

    What may go twice, as a reminder, is not held.
    """
    by_hand = Q(state=TouchpointState.APPROVED, messages__isnull=True)
    not_yet = Q(
        state__in=[TouchpointState.PLANNED, TouchpointState.DUE], on_date__lte=calendar.day_of(lost_at)
    )
    return Touchpoint.objects.filter(by_hand | not_yet, step__at_least_once=False).distinct()


def _maybe_sent(lost_at: datetime, *, at: datetime) -> QuerySet[Message]:
    """
    Also what was queued since: it may have had a copy that nobody remembers.

    A touchpoint tells for which day. What has none may be the rest of work that was begun before.
    """
    lost_day = calendar.day_of(lost_at)
    of_a_lost_day = Q(touchpoint__isnull=True, due_at__lte=at) | Q(touchpoint__on_date__lte=lost_day)
    queued_since = of_a_lost_day & Q(made_at__gte=lost_at)
    waiting = Message.objects.filter(Q(due_at__lte=lost_at) | queued_since, state__in=WAITING)
    return waiting.filter(at_least_once=False).order_by("pk")


def _now_unknown(part: list[UUID], *, at: datetime) -> list[Message]:
    """Write down why, and return the messages."""
    now = Message.objects.filter(pk__in=part, state=MessageState.UNKNOWN, why=RESTORED, settled_at=at)
    messages = list(now.select_related("subject"))
    Refusal.objects.bulk_create(Refusal(message=message, at=at, why=RESTORED) for message in messages)
    return messages
