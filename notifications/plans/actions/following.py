"""A touchpoint follows its messages: their rows are the truth."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from foundation import moves
from foundation.access import task_actor
from foundation.moves import Step
from foundation.trail import Actor
from foundation.vault import Subject
from notifications.channel_names import Channel
from notifications.message_states import GOING, MessageState
from notifications.plans import sendings
from notifications.plans.actions.common import locked
from notifications.plans.models import Touchpoint
from notifications.plans.states import STOPPED_ON_ITS_WAY
from notifications.plans.states import TouchpointState as State
from notifications.plans.whys import Why

BY_WORD: Final = frozenset({Channel.CALL, Channel.VISIT})
# Which move leads from where a touchpoint stands to where its messages say that it stands.
_MOVES: Final = {
    (State.APPROVED, State.SENT): "send",
    (State.APPROVED, State.UNKNOWN): "lose_sight",
    (State.APPROVED, State.FAILED): "fail",
    (State.APPROVED, State.CANCELLED): "cancel",
    (State.UNKNOWN, State.SENT): "send",
    (State.UNKNOWN, State.FAILED): "fail",
    (State.UNKNOWN, State.CANCELLED): "fail",  # it did not arrive: a person may do it by hand
    (State.UNKNOWN, State.APPROVED): "go_on",
    (State.FAILED, State.APPROVED): "go_on",
    (State.FAILED, State.SENT): "send",
    (State.SENT, State.UNKNOWN): "lose_sight",
    **{(stopped, State.SENT): "send" for stopped in STOPPED_ON_ITS_WAY},
    **{(stopped, State.UNKNOWN): "lose_sight" for stopped in STOPPED_ON_ITS_WAY},
}
_NOT_REACHED: Final = frozenset({State.FAILED, State.CANCELLED})


@transaction.atomic
def follow(touchpoint: Touchpoint, *, at: datetime, by: Actor | None = None) -> Step | None:
    """
    Bring a touchpoint to where its messages stand. Twice is once.

    :param by: who settled the message; the program itself where nobody did.
    """
    touchpoint = locked(touchpoint)
    if sendings.way_of(touchpoint) in BY_WORD:  # who rang or went there says so; see ``releasing.done``
        return None
    states = set(touchpoint.messages.values_list("state", flat=True))
    if touchpoint.state in STOPPED_ON_ITS_WAY and not states.isdisjoint(GOING):
        return None  # what is held for the others of a household is released, or not, first
    target = standing(states)
    if target in _NOT_REACHED and sendings.surely_reached_all(touchpoint):
        target = State.SENT  # by the copy of another household that remembers the same person
    if touchpoint.state == State.APPROVED and target in _NOT_REACHED and sendings.is_by_a_person(touchpoint):
        return None  # after a machine reached nobody: who posts the letter, rings or goes there says so
    name = _MOVES.get((State(str(touchpoint.state)), target)) if target else None
    if name is None:
        return None
    touchpoint.held_reason, touchpoint.why = "", Why.NOT_SENT.value if name == "cancel" else ""
    saves = ("held_reason", "why")
    return moves.make(touchpoint, name, by=by or task_actor("plans.follow"), at=at, saves=saves)


def standing(states: Set[str]) -> State | None:
    """
    Return where a touchpoint with messages in these states stands; None where it has none.

    What is unclear comes first: a person decides it. One that reached somebody was sent, though
    others were not reached.
    """
    if not states:
        return None
    if MessageState.UNKNOWN in states:
        return State.UNKNOWN
    if not states.isdisjoint(GOING):
        return State.APPROVED
    if MessageState.SENT in states:
        return State.SENT
    return State.FAILED if MessageState.FAILED in states else State.CANCELLED


@transaction.atomic
def respond(touchpoint: Touchpoint, *, by: Actor, at: datetime, on: Any = None) -> Step | None:
    """
    Note that somebody answered what was sent to them or said; one that did not go out stays. Twice is once.

    :param on: what the right is asked of, by default the touchpoint: the answer that somebody read.
    """
    touchpoint = locked(touchpoint)
    if touchpoint.state not in {State.SENT, State.DONE}:
        return None
    return moves.make(touchpoint, "respond", by=by, at=at, on=on)


@transaction.atomic
def respond_to(subject: Subject, key: str, *, by: Actor, at: datetime) -> Step | None:
    """Note that somebody answered the last one of a step that went out to them; None where there is none."""
    went_out = Touchpoint.objects.filter(plan__subject=subject, key=key, state__in=[State.SENT, State.DONE])
    last = went_out.select_related("plan__family__giver").order_by("-on_date", "-id").first()
    return respond(last, by=by, at=at) if last is not None else None
