"""What may be done with a thing, and what is still missing for it, by the same guards that decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Manager, Model
from django.utils.functional import Promise
from django_fsm import FSMFieldMixin

from foundation.access import rights
from foundation.moves.rules import Move, Rule
from foundation.trail import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Offer:
    """A move that starts from the present state: whether the actor may, and what is missing."""

    name: str
    allowed: bool
    missing: tuple[str | Promise, ...]
    target: str = ""

    @property
    def open(self) -> bool:
        """Whether pressing it now would succeed."""
        return self.allowed and not self.missing


def field_of(thing: Model | type[Model]) -> Any:
    """Return the state field of a model; every model with moves has one."""
    return _field_of(thing if isinstance(thing, type) else type(thing))


def state_of(thing: Model) -> str:
    """Return the state a thing is in, as its row in memory says."""
    return str(getattr(thing, field_of(thing).attname))


def every(model: type[Model]) -> Manager[Any]:
    """Return a model's rows as they are, past any manager that hides some."""
    manager: Manager[Any] = model._base_manager  # noqa: SLF001 - Django's documented name for it
    return manager


@lru_cache(maxsize=64)
def transitions(model: type[Model]) -> tuple[Any, ...]:
    """Return every transition of a model's state field."""
    return tuple(field_of(model).get_all_transitions(model))


def transition_named(thing: Model, name: str) -> Any | None:
    """Return the transition of that name that starts from the present state, or None."""
    state = state_of(thing)
    found = [t for t in transitions(type(thing)) if t.name == name]
    exact = next((t for t in found if t.source == state), None)
    anywhere = next((t for t in found if t.source == "*" or (t.source == "+" and t.target != state)), None)
    return exact or anywhere


def failing(rule: Rule, move: Move[Any], *, planned: bool = False) -> list[str | Promise]:
    """Return the sentences of all guards that do not hold."""
    asked = [g for g in rule.guards if not (planned and g.when_given and g.when_given not in move.facts)]
    return [guard.sentence for guard in asked if not guard.check(move)]


def permitted(rule: Rule, actor: Actor, *, on: Any, at: datetime) -> bool:
    """Return whether the actor may make a move under a rule."""
    if actor.kind != ActorKind.STAFF:
        return actor.kind in rule.also
    return any(rights.may(actor, permission, on=on, at=at) for permission in rule.permissions)


def missing(thing: Model, name: str, *, by: Actor, at: datetime, **facts: Any) -> list[str | Promise] | None:
    """
    Return what is still missing for a move, before anyone presses it.

    :returns: None where the move does not start from the present state.
    """
    transition = transition_named(thing, name)
    if transition is None:
        return None
    return failing(transition.custom["rule"], Move(thing, name, by, at, facts=facts), planned=True)


def offers(thing: Model, *, by: Actor, at: datetime, on: Any = None, **facts: Any) -> list[Offer]:
    """Return every move that starts from the present state, in the order of the model."""
    names = dict.fromkeys(t.name for t in transitions(type(thing)))
    there = [t for t in (transition_named(thing, name) for name in names) if t is not None]
    answers: dict[Any, Any] = {}  # to what guards of several moves ask
    asked = [Move(thing, t.name, by, at, facts=facts, answers=answers) for t in there]
    with rights.remembering():
        return [_offer(t, move, on or thing) for t, move in zip(there, asked, strict=True)]


def allows(check: Callable[..., Any], *arguments: Any, refusal: type[Exception], **named: Any) -> bool:
    """Return whether a ``check_x`` that raises would pass."""
    try:
        check(*arguments, **named)
    except refusal:
        return False
    return True


@lru_cache(maxsize=64)
def _field_of(model: type[Model]) -> Any:
    return next(f for f in model._meta.concrete_fields if isinstance(f, FSMFieldMixin))


def _offer(transition: Any, move: Move[Any], on: Any) -> Offer:
    asked: Rule = transition.custom["rule"]
    return Offer(
        name=transition.name,
        allowed=permitted(asked, move.actor, on=on, at=move.at),
        missing=tuple(failing(asked, move, planned=True)),
        target=str(transition.target) if isinstance(transition.target, str) else "",
    )
