"""To whom a released touchpoint goes, and by which way: the first that works for each of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

from foundation import calendar
from notifications import recipients
from notifications.channel_names import BY_A_PERSON
from notifications.plans.models import Plan, Touchpoint
from notifications.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Sending:
    """One copy of a touchpoint: for whom, by which way, not before when."""

    recipient: Recipient
    channel: str
    due_at: datetime


def people_of(plan: Plan) -> list[Recipient]:
    """Return whom a plan is kept for: the household's members who want to hear, or the donor."""
    if plan.family_id and plan.family:
        return recipients.of_family(plan.family)
    return list(recipients.of([plan.subject_id]).values()) if plan.subject_id else []


def still_to_reach(touchpoint: Touchpoint) -> list[Recipient]:
    """Return whom of its people a touchpoint has not reached, as far as its messages tell."""
    reached = touchpoint.messages.filter(state__in=["SENDING", "SENT", "UNKNOWN"])
    known = set(reached.values_list("subject_id", flat=True))
    return [one for one in people_of(touchpoint.plan) if one.subject.pk not in known]


def of_touchpoint(touchpoint: Touchpoint, *, at: datetime) -> list[Sending]:
    """
    Return the copies of a touchpoint, at most one a person; none where a person does it by hand.

    What stands against each way is asked now, and again when it is sent.
    """
    if is_by_a_person(touchpoint):
        return []
    ways = ways_of(touchpoint)
    found = ((one, way_to(one, ways, at=at)) for one in still_to_reach(touchpoint))
    return [Sending(one, way, leaves_at(touchpoint, one, at=at)) for one, way in found if way]


def ways_of(touchpoint: Touchpoint) -> list[str]:
    """Return the ways of a touchpoint in their order: a chosen one alone, else those of its step."""
    return [touchpoint.channel] if touchpoint.channel else [str(way) for way in touchpoint.step.channels]


def way_to(recipient: Recipient, ways: Collection[str], *, at: datetime, tried: Collection[str] = ()) -> str:
    """Return the first machine's way that is open to somebody and was not tried yet; "" where none is."""
    machines = (way for way in ways if way not in BY_A_PERSON and way not in tried)
    return next((way for way in machines if not recipients.stands_against(recipient, way, at=at)), "")


def next_way(touchpoint: Touchpoint, recipient: Recipient, *, at: datetime) -> str:
    """Return by which way to try somebody whom the ways so far failed to reach; "" where none is left."""
    failed = touchpoint.messages.filter(subject=recipient.subject, state="FAILED")
    tried = set(failed.values_list("channel", flat=True))
    return way_to(recipient, touchpoint.step.channels, at=at, tried=tried)


def is_by_a_person(touchpoint: Touchpoint) -> bool:
    """Return whether somebody rings, goes there or posts a letter, and says so."""
    return way_of(touchpoint) in BY_A_PERSON


def way_of(touchpoint: Touchpoint) -> str:
    """Return the chosen way of a touchpoint, else the first of its step; "" where it has none."""
    return next(iter(ways_of(touchpoint)), "")


def leaves_at(touchpoint: Touchpoint, recipient: Recipient, *, at: datetime) -> datetime:
    """Return from when a copy may leave: in the morning of its day where the recipient is."""
    morning = calendar.at(touchpoint.on_date, time(settings.MESSAGES_LEAVE_AT), ZoneInfo(recipient.zone))
    return max(morning, at)
