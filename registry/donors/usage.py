"""Where a donor's typing was used, and whose tubes lay beside theirs: higher rooms say it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.functional import Promise

if TYPE_CHECKING:
    from registry.donors.models import Donor


@dataclass(frozen=True, slots=True)
class Use:
    """One case, search or sheet that a typing went into: what it is, and where it opens."""

    words: str | Promise
    url: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody whose tube lay in the same box, known by its barcode alone."""

    donor_id: UUID
    barcode: str


_uses: dict[str, Callable[[Donor], Sequence[Use]]] = {}
_neighbours: dict[str, Callable[[Donor], Sequence[Neighbour]]] = {}


def register(key: str, find: Callable[[Donor], Sequence[Use]]) -> None:
    """Let a room say what used somebody's typing; the same key again replaces it."""
    _uses[key] = find


def register_neighbours(key: str, find: Callable[[Donor], Sequence[Neighbour]]) -> None:
    """Let a room say whose tubes may have been mixed up with somebody's."""
    _neighbours[key] = find


def of(donor: Donor) -> list[Use]:
    """Return everything that used a donor's typing."""
    return [use for find in _uses.values() for use in find(donor)]


def neighbours_of(donor: Donor) -> list[Neighbour]:
    """Return whose tubes may have been mixed up with a donor's, each once."""
    found = {one.donor_id: one for find in _neighbours.values() for one in find(donor)}
    found.pop(donor.pk, None)
    return list(found.values())
