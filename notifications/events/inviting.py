"""Whom an event may invite, and what keeps a household out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from foundation import calendar
from notifications import recipients
from notifications.channel_names import BY_A_PERSON, Channel
from notifications.events.models import Event
from notifications.links import facts
from notifications.plans import quiet
from notifications.plans.states import PlanState
from notifications.recipients import Recipient
from registry.families.models import Family

WAYS: Final = (Channel.WECHAT, Channel.SMS, Channel.EMAIL, Channel.LETTER, Channel.CALL)
_NOT_RUNNING: Final = {PlanState.PAUSED: "plan_paused", PlanState.OFFERED: "plan_offered"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One household: to whom and by which way, or why not, as a code of ``care.unsent`` or of ``whys``."""

    family: Family
    to: Recipient | None = None
    channel: str = ""
    why: str = ""


def against_of_plan(family: Family) -> str:
    """Return why nothing is sent to a household under its plan, as a code; "" where the plan runs."""
    states = set(family.plans.values_list("state", flat=True))
    if PlanState.ACTIVE in states:
        return ""
    return next((why for state, why in _NOT_RUNNING.items() if state in states), "plan_ended")


def is_early(family: Family, *, at: datetime) -> bool:
    """Return whether it is before the hundredth day, when only a person speaks to a family."""
    return quiet.is_early(family, calendar.day_of(at))


def candidate(event: Event, family: Family, *, at: datetime) -> Candidate:
    """
    Return how a household is invited, or why it is not.

    Before the hundredth day only a person speaks to a family; who declined events is not invited.
    Source: domain.md section 7; messaging.md, "Events"
    """
    if not event.is_where(family):
        return Candidate(family, why="gone")
    if family.events_declined_at is not None:
        return Candidate(family, why="events_declined")
    if why := against_of_plan(family):
        return Candidate(family, why=why)
    ways = [way for way in WAYS if way in BY_A_PERSON or not is_early(family, at=at)]
    for one in recipients.of_family(family):
        for way in ways:
            if way not in BY_A_PERSON and not facts.are_kept(one):
                continue  # the link in the invitation asks for a second fact
            if not recipients.stands_against(one, way):
                return Candidate(family, one, way)
    return Candidate(family, why="no_address")
