"""What a transition asks before it may be made: a permission, and guards with their sentences."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.access.roles import Permission
from foundation.trail import Actor, ActorKind

Thing = TypeVar("Thing", bound=Model)
Answer = TypeVar("Answer")


class Refused(ValueError):
    """A move may not be made now; ``sentences`` say everything that is missing."""

    def __init__(self, sentences: Sequence[str | Promise], *, move: str = "") -> None:
        super().__init__(f"refused: {move}")
        self.sentences = list(sentences)
        self.move = move


class WrongState(Refused):
    """The thing is in a state from which this move does not start."""

    def __init__(self, *, move: str, state: str) -> None:
        super().__init__(
            [_("This is not possible in the present state. Reload the page to see it.")], move=move
        )
        self.state = state


@dataclass(frozen=True)
class Move(Generic[Thing]):
    """What guards are asked about: the thing, who, when, why, and the facts of the act."""

    object: Thing
    name: str
    actor: Actor
    at: datetime
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    answers: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def day(self) -> date:
        """The day of the move where the branch stands."""
        return timezone.localdate(self.at)

    def once(self, question: Hashable, ask: Callable[[], Answer]) -> Answer:
        """Return the answer to a question that several guards have: it is asked once for all of them."""
        if question not in self.answers:
            self.answers[question] = ask()
        answer: Answer = self.answers[question]
        return answer


@dataclass(frozen=True, slots=True)
class Guard:
    """
    A condition and the sentence that says what is missing when it does not hold.

    ``when_given`` names a fact that only the act itself can supply; before anyone
    presses, a page does not count its absence as missing.
    """

    check: Callable[[Move[Any]], bool]
    sentence: str | Promise
    when_given: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may make a transition, and what must be true."""

    permissions: tuple[Permission, ...]
    guards: tuple[Guard, ...]
    also: frozenset[ActorKind]


def rule(
    permission: Permission | Sequence[Permission],
    *guards: Guard,
    also: frozenset[ActorKind] | set[ActorKind] = frozenset(),
) -> dict[str, Rule]:
    """
    Return what a transition carries in ``custom=``.

    :param permission: any one of several is enough.
    :param also: kinds of actor besides staff who may make the move.
    """
    several = (permission,) if isinstance(permission, Permission) else tuple(permission)
    return {"rule": Rule(several, guards, frozenset(also))}
