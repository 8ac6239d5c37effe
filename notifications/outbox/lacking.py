"""Messages that wait for what a person mends: words, a fact they need, what the provider must approve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Exists, Min

from foundation import trail
from foundation.trail import Actor
from notifications.outbox.models import Message
from notifications.outbox.querysets import MessageQuerySet
from notifications.outbox.states import MessageState
from notifications.plans.states import TouchpointState

OF_WORDS: Final = ("no_wording", "field_empty")
OF_THE_PROVIDER: Final = ("sign_not_approved", "template_not_approved")
LACKING: Final = (*OF_WORDS, *OF_THE_PROVIDER)
# Held with its touchpoint, a message goes on when that one is released; else nobody would see it.
_WITH_ITS_TOUCHPOINT: Final = (TouchpointState.PLANNED, TouchpointState.DUE, TouchpointState.HELD)
_READ_FIRST: Final = "replied"  # stands among the answers, while one of them that holds it is unread
_unread: list[Callable[[], Exists]] = []


@dataclass(frozen=True, slots=True)
class Lack:
    """How many messages wait for one thing."""

    wording: str
    channel: str
    why: str
    count: int
    since: datetime


def lacking(found: MessageQuerySet, *, at: datetime) -> MessageQuerySet:
    """Keep those that were to leave by now and lack something."""
    return found.filter(state__in=[MessageState.DUE, MessageState.HELD], due_at__lte=at, why__in=LACKING)


def lacks(found: MessageQuerySet, *, at: datetime) -> list[Lack]:
    """Return what messages lack, the most first."""
    same = lacking(found, at=at).order_by().values_list("wording", "channel", "why")
    counted = same.annotate(n=Count("pk"), since=Min("due_at"))
    return [Lack(*line) for line in counted.order_by("-n", "wording", "channel", "why")]


def stopped(found: MessageQuerySet) -> MessageQuerySet:
    """Keep those that are held by themselves: no touchpoint and no answer stands for them on a list."""
    held = found.filter(state=MessageState.HELD)
    for is_read_first in _unread:
        held = held.exclude(is_read_first(), why=_READ_FIRST)
    return held.exclude(touchpoint__state__in=_WITH_ITS_TOUCHPOINT)


def register(is_read_first: Callable[[], Exists]) -> None:
    """Let a room above say which messages stand on a list of its own: somebody answered, and it is unread."""
    _unread.append(is_read_first)


@transaction.atomic
def ask_again(found: MessageQuerySet, *, by: Actor, at: datetime, about: Any = None) -> int:
    """
    Let messages go that lacked what is there now; everything is asked again before they leave, their day too.

    :param about: what is there now, for the trail.
    :returns: how many are asked again. The sweep of the next minute takes them up.
    """
    held = found.filter(state=MessageState.HELD, why__in=LACKING)
    values = {"state": MessageState.DUE, "why": "", "not_before": None, "told_at": None}
    freed = Message.objects.filter(pk__in=held.values("pk"), state=MessageState.HELD).update(**values)
    put_off = found.filter(state=MessageState.DUE, why__in=LACKING)
    freed += put_off.update(not_before=None, told_at=None)
    if freed:
        trail.record("messages.asked_again", by=by, at=at, object=about, count=freed)
    return freed
