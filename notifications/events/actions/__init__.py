"""Plan an event, invite to it, take answers, tell what changes, write down who came, and thank them."""

from notifications.events.actions.events import call_off, move, plan, thank
from notifications.events.actions.invitations import (
    Invited,
    answer,
    answered_by_link,
    attended,
    invitation_of,
    invite,
    take_back,
)
from notifications.events.actions.queueing import go_along
from notifications.events.actions.standing import EventOver, NoSeats
from notifications.events.actions.telling import remind, remind_of_lost_days, tell

__all__ = [
    "EventOver",
    "Invited",
    "NoSeats",
    "answer",
    "answered_by_link",
    "attended",
    "call_off",
    "go_along",
    "invitation_of",
    "invite",
    "move",
    "plan",
    "remind",
    "remind_of_lost_days",
    "take_back",
    "tell",
    "thank",
]
