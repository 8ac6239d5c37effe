"""The demo's events: a memorial that was, with thanks, and one next month, with answers."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from django.utils import timezone

from foundation.access import Permission
from foundation.trail import Actor
from notifications.events import actions
from notifications.events.models import Event, Invitation
from notifications.outbox import Message
from registry.config.demo.remembering import LEFT_AT, delivered, households, morning
from registry.config.demo.world import World

BEGINS: Final = time(9, 30)
INVITED: Final = 24
COMING: Final = (2, 1, 3, 0, 2, 2, 1, 0, 4, 2, 1, 2)  # in the order they answered; 0 does not come
THERE: Final = (2, 1, 2, 0, 2, 2, 1, 0, 3, 2, 0, 2)


def gather(world: World, *, at: datetime) -> None:
    """Hold a memorial three weeks ago, and invite to one in a month."""
    today = timezone.localdate(at)
    was = _invited(world, "秋日追思会", starts=-21, invited=-49, at=at)
    told = _answered(world, was, on=morning(today - timedelta(days=35)))
    by = _mei(world, at=at)
    for invitation, people in zip(told, THERE, strict=False):
        actions.attended(invitation, people=people, by=by, at=was.starts_at + timedelta(days=1))
    thanked = morning(today - timedelta(days=19))
    actions.thank(was, by=_mei(world, at=thanked), at=thanked)
    _let_go(at=morning(today - timedelta(days=19), LEFT_AT))
    _answered(world, _invited(world, "冬日追思会", starts=30, invited=-6, at=at), on=at - timedelta(hours=20))


def _invited(world: World, name: str, *, starts: int, invited: int, at: datetime) -> Event:
    """Plan an event so many days from today, and invite to it on another."""
    today = timezone.localdate(at)
    on = morning(today + timedelta(days=invited))
    event = actions.plan(
        branch=world.where["3302"],
        name=name,
        place="宁波市示例纪念园",
        starts_at=morning(today + timedelta(days=starts), BEGINS),
        seats=60,
        seats_a_household=4,
        by=_mei(world, Permission.CARE_PLAN, at=on),
        at=on,
    )
    there = households(world, until=on - timedelta(days=10))
    actions.invite(event, list(there[:INVITED]), by=_mei(world, at=on), at=on)
    _let_go(at=morning(today + timedelta(days=invited), LEFT_AT))
    return event


def _answered(world: World, event: Event, *, on: datetime) -> list[Invitation]:
    """Let some of the invited say by telephone how many come."""
    by, found = _mei(world, at=on), list(event.invitations.select_related("event").order_by("pk"))
    for invitation, people in zip(found, COMING, strict=False):
        actions.answer(invitation, people=people, by=by, at=on)
    return found


def _let_go(*, at: datetime) -> None:
    delivered(Message.objects.filter(wording__startswith="event.").due(at), at=at)


def _mei(world: World, permission: Permission = Permission.CARE_SEND, *, at: datetime) -> Actor:
    return world.actor("mei", permission, at=at)
