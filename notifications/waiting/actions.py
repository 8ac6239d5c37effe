"""Let go of what stands still, or leave it out: one by one, or all that a restored backup left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from foundation import access, moves
from foundation.access import Permission, Scope
from foundation.trail import Actor
from notifications import outbox
from notifications.care import actions as care
from notifications.channel_names import Channel
from notifications.outbox import Message, late
from notifications.plans import actions as plans
from notifications.plans.models import Touchpoint
from notifications.plans.states import WHO_DOES
from notifications.plans.states import TouchpointState as State
from notifications.plans.whys import Why
from notifications.waiting import queries

AT_ONCE: Final = 500  # occasions in one request, each in its own transaction; messages are any number [D]


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of all that a restored backup left of a programme."""

    done: int
    refused: int = 0  # they stand on the list below, with why
    left: int = 0  # beyond what one request does


def decide_programme(key: str, *, go: bool, scope: Scope, by: Actor, at: datetime) -> Decided:
    """
    Let go, or leave out, all of a programme of donors that may have left before a backup was put back.

    One person is enough: no bereaved are among them. Everything is asked again before it leaves.
    """
    count = outbox.decide_many(queries.unclear(scope, programme=key), go=go, by=by, at=at)
    held = queries.held_by_restore(scope, families=False, programme=key)
    of_plans = _each(held, let_go if go else leave_out, by=by, at=at)
    return Decided(count + of_plans.done, of_plans.refused, of_plans.left)


def decide_families(*, back: bool, scope: Scope, by: Actor, at: datetime) -> Decided:
    """
    Put all that a restored backup held of families back before who releases it, or leave it out.

    Nothing goes to the bereaved by this: each is released as ever.
    """
    held = queries.held_by_restore(scope, families=True)
    return _each(held, plans.release if back else leave_out, by=by, at=at)


@transaction.atomic
def let_go(touchpoint: Touchpoint, *, by: Actor, at: datetime) -> None:
    """
    Release an occasion of a donor that stood still; one whose day is still to come waits for it.

    :raises moves.Refused: if nobody can be reached, or it is not the actor's to release.
    """
    if touchpoint.state == State.HELD:
        touchpoint = plans.release(touchpoint, by=by, at=at)
    if touchpoint.state == State.DUE:
        plans.approve(touchpoint, by=by, at=at)


def leave_out(touchpoint: Touchpoint, *, by: Actor, at: datetime) -> None:
    """
    Leave an occasion out this time.

    :raises moves.Refused: if it went out meanwhile, or is not the actor's to leave out.
    """
    plans.skip(touchpoint, why=Why.NOT_FITTING.value, by=by, at=at)


def rang(touchpoint: Touchpoint, *, by: Actor, at: datetime) -> None:
    """
    Write down that a donor whom no way reached was rung.

    :raises moves.Refused: if it was done meanwhile, or is not the actor's to do.
    """
    people = [touchpoint.plan.subject_id] if touchpoint.plan.subject_id else []
    care.done_by_hand(touchpoint, channel=Channel.CALL, people=people, by=by, at=at)


@transaction.atomic
def let_message_go(message: Message, *, by: Actor, at: datetime) -> None:
    """
    Let one message go that was held by itself, as one of today; everything is asked again before it leaves.

    :raises moves.WrongState: if it is held no more.
    :raises moves.NotAllowed: if it is not the actor's to let go.
    """
    _theirs(message, by=by, at=at)
    late.of_now(message, at=at)
    if not outbox.release([message], by=by, at=at):
        raise moves.WrongState(move="release", state=message.state)


@transaction.atomic
def leave_message_out(message: Message, *, by: Actor, at: datetime) -> None:
    """
    Leave one message out that was held by itself.

    :raises moves.WrongState: if it is held no more.
    :raises moves.NotAllowed: if it is not the actor's to leave out.
    """
    _theirs(message, by=by, at=at)
    if not outbox.cancel([message], why="left_out", by=by, at=at):
        raise moves.WrongState(move="cancel", state=message.state)


def _theirs(message: Message, *, by: Actor, at: datetime) -> None:
    """Ask for the right to release what goes to the bereaved, or to send or ring of anybody else."""
    rights = (Permission.CARE_APPROVE,) if message.bereaved else WHO_DOES
    if not any(access.may(by, right, on=message, at=at) for right in rights):
        raise moves.NotAllowed(rights[0].value)


def _each(held: QuerySet[Touchpoint], act: Callable[..., object], *, by: Actor, at: datetime) -> Decided:
    done = refused = 0
    for touchpoint in held.select_related("plan__family__giver", "step").order_by("on_date", "pk")[:AT_ONCE]:
        try:
            act(touchpoint, by=by, at=at)
        except moves.Refused:
            refused += 1
        else:
            done += 1
    return Decided(done, refused, max(0, held.count() - refused))
