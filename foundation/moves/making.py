"""Make a move: the one place where a state changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from foundation import rows, trail
from foundation.access.rights import NotAllowed
from foundation.moves.models import Step
from foundation.moves.offers import every, failing, field_of, permitted, state_of, transition_named
from foundation.moves.rules import Move, Refused, Rule, WrongState
from foundation.trail import Actor


class NotInATransaction(RuntimeError):
    """A move was made outside an action's transaction."""


def make(
    thing: models.Model,
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    on: Any = None,
    saves: Collection[str] = (),
    recorded_at: datetime | None = None,
    **facts: Any,
) -> Step:
    """
    Make one transition of a thing that was read in this transaction.

    Its row is locked and must still be as it was read; then the actor's right, then
    *all* guards; then the transition, the save, a ``Step`` and a line on the trail.

    :param on: what the right is asked of; by default the thing itself.
    :param saves: names of fields that the action changed before the move.
    :param facts: what only this act knows; guards read them.
    :raises WrongState: if the move does not start from the state the row is in.
    :raises NotAllowed: if the actor may not.
    :raises Refused: with the sentence of every guard that does not hold.
    """
    _check_in_transaction()
    _check_unchanged(thing, name)
    transition = transition_named(thing, name)
    if transition is None:
        raise WrongState(move=name, state=state_of(thing))
    move: Move[Any] = Move(thing, name, by, at, reason, facts)
    _check(transition.custom["rule"], move, on or thing, now=recorded_at or at)
    before = state_of(thing)
    getattr(thing, name)()
    thing.save(update_fields=[field_of(thing).name, *saves])
    return _stepped(move, before, recorded_at)


def begin(
    thing: models.Model,
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    on: Any = None,
    recorded_at: datetime | None = None,
    **facts: Any,
) -> Step:
    """
    Bring a new thing into the world, in the state its model's ``beginnings`` name.

    A beginning whose state is None keeps the one the thing was made with.

    A beginning without a state of its own leaves the one the thing was made with.

    :raises NotAllowed: if the actor may not.
    :raises Refused: with the sentence of every guard that does not hold.
    """
    _check_in_transaction()
    target, custom = type(thing).beginnings[name]  # type: ignore[attr-defined]
    move: Move[Any] = Move(thing, name, by, at, reason, facts)
    _check(custom["rule"], move, on or thing, now=recorded_at or at)
    if target is not None:
        setattr_state(thing, str(target))
    rows.keep(thing)
    return _stepped(move, "", recorded_at)


def begin_many(
    things: Sequence[models.Model],
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    on: Any,
    recorded_at: datetime | None = None,
    **facts: Any,
) -> list[Step]:
    """
    Bring several new things of one kind into the world at once: one right, guards for each.

    :param on: what the right is asked of, for all of them.
    :raises NotAllowed: if the actor may not.
    :raises Refused: with the sentence of every guard that does not hold; nothing is written.
    """
    _check_in_transaction()
    if not things:
        return []
    target, custom = type(things[0]).beginnings[name]  # type: ignore[attr-defined]
    made: list[Move[Any]] = [Move(thing, name, by, at, reason, facts) for thing in things]
    _check_right(custom["rule"], made[0], on, now=recorded_at or at)
    if sentences := [one for move in made for one in failing(custom["rule"], move)]:
        raise Refused(list(dict.fromkeys(sentences)), move=name)
    if target is not None:
        for thing in things:
            setattr_state(thing, str(target))
    rows.keep(*things)
    steps = [step_for(move, "", recorded_at=recorded_at) for move in made]
    rows.keep(*steps)
    trail.record_many(entry_of(step, move.object) for step, move in zip(steps, made, strict=True))
    return steps


def put_back(
    thing: models.Model,
    state: str,
    *,
    move: str,
    by: Actor,
    at: datetime,
    reason: str,
    saves: Collection[str] = (),
) -> Step:
    """
    Return a thing to a state it was in, because the step away from it was a mistake.

    Guards are not asked: what is undone was never true. The caller has checked who
    may, and holds the second person's yes.
    """
    _check_in_transaction()
    _check_unchanged(thing, move)
    before = state_of(thing)
    setattr_state(thing, state)
    thing.save(update_fields=[field_of(thing).name, *saves])
    return _stepped(Move(thing, move, by, at, reason), before, None)


def steps_of(thing: models.Model) -> models.QuerySet[Step]:
    """Return a thing's steps, the newest last."""
    of_it = Step.objects.filter(object_type=thing._meta.label_lower, object_id=thing.pk)
    return of_it.order_by("at", "id")


def setattr_state(thing: models.Model, state: str) -> None:
    """Set a protected state field; for this module and for factories of tests."""
    field = field_of(thing)
    thing.__dict__[field.attname] = state


def step_for(move: Move[Any], before: str, *, recorded_at: datetime | None = None) -> Step:
    """Return the step of a move, unsaved; bulk imports insert many at once."""
    return rows.new(
        Step,
        object_type=move.object._meta.label_lower,
        object_id=move.object.pk,
        move=move.name,
        from_state=before,
        to_state=state_of(move.object),
        at=move.at,
        recorded_at=recorded_at or move.at,
        reason=move.reason,
        **move.actor.columns(),
    )


def _stepped(move: Move[Any], before: str, recorded_at: datetime | None) -> Step:
    step = step_for(move, before, recorded_at=recorded_at)
    rows.keep(step)
    trail.record_many([entry_of(step, move.object)])
    return step


def entry_of(step: Step, thing: models.Model) -> trail.Entry:
    """Return the line that a step leaves on the trail."""
    return trail.Entry(
        f"{thing._meta.model_name}.{step.move}",
        Actor.of(step),
        step.recorded_at,
        thing,
        reason=step.reason,
        before={"state": step.from_state} if step.from_state else None,
        after={"state": step.to_state},
    )


def _check_right(rule: Rule, move: Move[Any], on: Any, *, now: datetime) -> None:
    """Ask for the right of today: a sheet's row may be older than the role of who brings it in."""
    if not permitted(rule, move.actor, on=on, at=now):
        raise NotAllowed(rule.permissions[0].value if rule.permissions else "")


def _check(rule: Rule, move: Move[Any], on: Any, *, now: datetime) -> None:
    _check_right(rule, move, on, now=now)
    if sentences := failing(rule, move):
        raise Refused(sentences, move=move.name)


def _check_unchanged(thing: models.Model, name: str) -> None:
    field = field_of(thing).attname
    row = every(type(thing)).select_for_update(of=("self",)).filter(pk=thing.pk)
    now = next(iter(row.values_list(field, flat=True)), None)
    if now != state_of(thing):
        raise WrongState(move=name, state=str(now))


def _check_in_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        message = "A move is made inside the transaction of its action."
        raise NotInATransaction(message)
