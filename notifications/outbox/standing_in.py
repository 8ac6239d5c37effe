"""
Another of a household stands in for whose copy was to do for all at an address, where that one fell away.

One copy is handed over at an address at the most: none follows one that may have left. Planned after the
commit of what took the first away, and caught up by the sweep.
Source: docs/decisions/0010, "One copy an address"
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from foundation import standing
from foundation.standing import ID, MOMENT, slot
from notifications import recipients
from notifications.message_states import MessageState
from notifications.outbox import queueing
from notifications.outbox.models import Message
from notifications.outbox.querysets import MessageQuerySet
from notifications.plans import actions as plans
from notifications.plans import sendings
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.plans.whys import FELL_AWAY

LOOK_BACK: Final = timedelta(days=10)  # longer than the longest holiday without workers [D]
AT_ONCE: Final = 500
_GOES_OUT: Final = (TouchpointState.APPROVED, TouchpointState.UNKNOWN)


def see_to(touchpoint: Touchpoint, *, at: datetime) -> int:
    """
    Queue copies for who shared the address of somebody who fell away lately, and return how many.

    Twice is once. What is held, ended or was done of a touchpoint stays so. To be called while nobody is
    held: it holds all of the household, so that of two who are at it in one moment, or release it anew, one
    finds what the other did.
    """
    if touchpoint.plan.family_id is None:
        return 0
    if not _FELL_AWAY.ask(touchpoint=touchpoint.pk, since=at - LOOK_BACK):
        return 0
    with transaction.atomic():
        plans.lock_everybody(touchpoint.plan)
        now = Touchpoint.objects.select_related("plan__family__giver", "step").get(pk=touchpoint.pk)
        if now.state not in _GOES_OUT:
            return 0
        fell_away = _fell_away(now.messages.all()).filter(settled_at__gt=at - LOOK_BACK)
        return sum(_instead_of(message, now, at=at) for message in fell_away.order_by("pk"))


def left(*, at: datetime) -> QuerySet[Touchpoint]:
    """Return the touchpoints that go out and of which somebody fell away lately."""
    fell_away = _fell_away(Message.objects.all()).filter(settled_at__gt=at - LOOK_BACK)
    going = Touchpoint.objects.filter(state__in=_GOES_OUT, pk__in=fell_away.values("touchpoint"))
    return going.select_related("plan")[:AT_ONCE]


def _instead_of(message: Message, touchpoint: Touchpoint, *, at: datetime) -> int:
    """Queue one for each at that address who may be written to: the first there, and who has another one."""
    gone = recipients.of([message.subject_id]).get(message.subject_id)
    ways = list(dict.fromkeys([message.channel, *sendings.ways_of(touchpoint)]))
    count = 0
    for one in sendings.left_out_for(touchpoint, gone, message.channel) if gone else ():
        if way := sendings.next_way(touchpoint, one, ways=ways):
            copy = queueing.copy(message, channel=way, at=at, due_at=message.due_at, to=one)
            count += copy is not None
    return count


def _fell_away(messages: MessageQuerySet | QuerySet[Message]) -> QuerySet[Message]:
    return messages.filter(state=MessageState.CANCELLED, why__in=FELL_AWAY)


_FELL_AWAY: Final = standing.Question(
    lambda: (
        _fell_away(Message.objects.all())
        .filter(touchpoint=slot("touchpoint", ID), settled_at__gt=slot("since", MOMENT))
        .values_list("pk")[:1]
    )
)
