"""For what occasion labels are printed. The room above that keeps the drives tells of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from foundation.access import Scope


@dataclass(frozen=True, slots=True)
class Occasion:
    """A drive as this room needs it: what it is called, and how many people are expected."""

    pk: UUID
    name: str
    expected: int


Find = Callable[[Scope, UUID], Occasion | None]
_keepers: dict[str, Find] = {}


def register(room: str, find: Find) -> None:
    """Let a room above tell of the occasions it keeps, within a scope; the same room again replaces it."""
    _keepers[room] = find


def find(scope: Scope, pk: UUID) -> Occasion | None:
    """Return the occasion with this id, if a room keeps one that lies in the scope."""
    told = (find(scope, pk) for find in _keepers.values())
    return next((occasion for occasion in told if occasion is not None), None)
