"""What a higher room warns of wherever a donor's word is taken: their page, calls, the withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from registry.donors.models import Donor


@dataclass(frozen=True, slots=True)
class Alert:
    """What everybody must know who speaks with a donor; no code and no name, it never forbids."""

    title: str | Promise
    words: str | Promise


_finders: dict[str, Callable[[Donor], Sequence[Alert]]] = {}


def register(key: str, find: Callable[[Donor], Sequence[Alert]]) -> None:
    """Let a room warn; the same key again replaces it."""
    _finders[key] = find


def of(donor: Donor) -> list[Alert]:
    """Return everything that rooms warn of about one donor."""
    return [alert for find in _finders.values() for alert in find(donor)]
