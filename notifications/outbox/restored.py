"""What a database that is gone may have sent after its last backup: a person looks at each."""

from __future__ import annotations

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


def hold_touchpoints(lost_at: datetime, *, by: Actor, at: datetime) -> int:
    """
    Hold touchpoints of the bereaved that went out, or were done by hand, for all this database knows.

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
    left, ids = 0, list(_maybe_sent(lost_at).values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        waiting = Message.objects.filter(pk__in=part, state__in=WAITING)
        left += waiting.update(state=MessageState.UNKNOWN, why=RESTORED, settled_at=at, lease_until=None)
        for message in _now_unknown(part, at=at):
            following.after(message, at=at)
    return left


def _maybe_done(lost_at: datetime) -> QuerySet[Touchpoint]:
    """What a machine sends follows its messages; a letter may be posted long before its day."""
    by_hand = Q(state=TouchpointState.APPROVED, messages__isnull=True)
    not_yet = Q(
        state__in=[TouchpointState.PLANNED, TouchpointState.DUE], on_date__lte=calendar.day_of(lost_at)
    )
    return Touchpoint.objects.filter(by_hand | not_yet, step__programme__bereaved=True).distinct()


def _maybe_sent(lost_at: datetime) -> QuerySet[Message]:
    """Also what was queued since for a day that was lost: it may have had a copy that nobody remembers."""
    queued_since = Q(made_at__gt=lost_at, touchpoint__on_date__lte=calendar.day_of(lost_at))
    waiting = Message.objects.filter(Q(due_at__lte=lost_at) | queued_since, state__in=WAITING)
    return waiting.filter(at_least_once=False).order_by("pk")


def _now_unknown(part: list[UUID], *, at: datetime) -> list[Message]:
    """Write down why, and return the messages."""
    now = Message.objects.filter(pk__in=part, state=MessageState.UNKNOWN, why=RESTORED, settled_at=at)
    messages = list(now.select_related("subject"))
    Refusal.objects.bulk_create(Refusal(message=message, at=at, why=RESTORED) for message in messages)
    return messages
