"""What must be true before a touchpoint is released, held or done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundation import access, calendar
from foundation.access import Permission
from foundation.trail import ActorKind
from notifications.channel_names import BY_A_PERSON
from notifications.message_states import IN_HAND
from notifications.plans import quiet

if TYPE_CHECKING:
    from foundation.moves import Move
    from notifications.plans.models import Plan, Touchpoint

_CARE = (Permission.CARE_APPROVE, Permission.CARE_SEND)


def by_who_looks_after_them(move: Move[Touchpoint]) -> bool:
    """Return whether the actor serves such people: one's rights over donors open no family."""
    if move.actor.kind != ActorKind.STAFF:
        return True
    asked = _CARE if move.object.plan.family_id else (Permission.CALL_MAKE,)
    return any(access.may(move.actor, one, on=move.object, at=move.at) for one in asked)


def plan_is_running(move: Move[Touchpoint]) -> bool:
    """Return whether the plan is neither offered, paused nor ended."""
    return str(move.object.plan.state) == "ACTIVE"


def by_a_person_before_the_hundredth_day(move: Move[Touchpoint]) -> bool:
    """
    Return whether no machine speaks to a family before the hundredth day.

    Source: domain.md section 7, "Before 百日 every touchpoint is a call, visit or letter task"
    """
    return _way(move) in BY_A_PERSON or not _is_early(move)


def asks_nothing_before_the_hundredth_day(move: Move[Touchpoint]) -> bool:
    """
    Return whether nobody is asked for anything before the hundredth day.

    Source: domain.md section 7, "No survey, appeal or fundraising before 百日"
    """
    return not move.object.step.asks or not _is_early(move)


def released_by_a_person_where_needed(move: Move[Touchpoint]) -> bool:
    """Return whether a person releases it, or the programme says that none need."""
    if move.actor.kind == ActorKind.STAFF:
        return True
    return not move.object.step.needs_approval and not _is_early(move)


def way_is_one_of_the_step(move: Move[Touchpoint]) -> bool:
    """Return whether the chosen way is one that the programme names."""
    return not move.object.channel or move.object.channel in move.object.step.channels


def says_why_it_is_held(move: Move[Touchpoint]) -> bool:
    """Return whether the hold has its reason."""
    return bool(move.object.held_reason)


def nothing_is_on_its_way(move: Move[Touchpoint]) -> bool:
    """Return whether no message of it is being handed over at this moment."""
    return not move.object.messages.filter(state__in=IN_HAND).exists()


def nothing_is_open(move: Move[Plan]) -> bool:
    """Return whether all of a plan was sent, done or left out."""
    from notifications.plans.states import OPEN_TOUCHPOINTS  # noqa: PLC0415  there these guards are named

    return not move.object.touchpoints.filter(state__in=OPEN_TOUCHPOINTS).exists()


def _way(move: Move[Touchpoint]) -> str:
    """Return the way that is meant: the chosen one, else the first of the step."""
    ways = move.object.step.channels
    return move.object.channel or (ways[0] if ways else "")


def _is_early(move: Move[Touchpoint]) -> bool:
    """Return whether it would reach a bereaved family before the hundredth day."""
    on = max(move.object.on_date, calendar.day_of(move.at))
    early: bool = move.once("is_early", lambda: quiet.is_early(move.object.plan.family, on))
    return early
