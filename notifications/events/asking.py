"""What is asked of words about an event when they are sent: do they still say what is so, and may they go?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from notifications.channel_names import BY_MACHINE
from notifications.events import heard, inviting
from notifications.events.heard import Heard
from notifications.events.models import Kind
from notifications.outbox import Message, MessageState, NotNow

if TYPE_CHECKING:
    from notifications.recipients import Recipient


def question(message: Message, _recipient: Recipient, at: datetime) -> NotNow | None:
    """
    Refuse words about what is over, moved or called off, and hold what the plan of the household holds.

    Source: domain.md section 7, "At send time everything is asked again"
    """
    kind = heard.kind_of(message)
    if kind is None:
        return None
    theirs = heard.of_message(message)
    if theirs is None:
        return NotNow("gone", MessageState.CANCELLED)
    if why := _no_longer(message, theirs, kind, at=at):
        return NotNow(why, MessageState.CANCELLED)
    return _of_the_household(theirs, kind, at=at)


def ways(message: Message) -> Sequence[str]:
    """Return by which ways, in their order, words about an event may go; none where it is of another room."""
    return [way for way in inviting.WAYS if way in BY_MACHINE] if heard.kind_of(message) else []


def _no_longer(message: Message, theirs: Heard, kind: Kind, *, at: datetime) -> str:
    """Return why these words are not to be said any more; of an earlier move, others are said."""
    if kind in theirs.told:
        return "done_otherwise"
    if theirs.invitation.family.events_declined_at is not None and kind in heard.DECLINED:
        return "events_declined"
    if theirs.kind(at=at) == kind and message.occasion == heard.occasion(theirs.invitation, kind):
        return ""
    if theirs.event.called_off_at is not None and kind != Kind.OFF:
        return "event_called_off"
    return "event_over" if theirs.event.starts_at <= at else "event_changed"


def _of_the_household(theirs: Heard, kind: Kind, *, at: datetime) -> NotNow | None:
    """Hold what a person may still say otherwise; an invitation ends with the plan."""
    family = theirs.invitation.family
    if inviting.is_early(family, at=at):
        return NotNow("before_hundred", MessageState.HELD)
    why = inviting.against_of_plan(family)
    if not why:
        return None
    ended = why == "plan_ended" and kind == Kind.EVENT
    return NotNow(why, MessageState.CANCELLED if ended else MessageState.HELD)
