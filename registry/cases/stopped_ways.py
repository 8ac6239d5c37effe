"""Which ways to a person they stopped themselves, by an answer or a link: the floor above says it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from consent.purposes import Purpose

Veto = Callable[[UUID, Purpose], bool]
_vetoes: dict[str, Veto] = {}


def register(key: str, veto: Veto) -> None:
    """Let a room say whether a subject, by id, stopped the way that a consent to be contacted is for."""
    _vetoes[key] = veto


def is_stopped(subject_id: UUID, way: Purpose) -> bool:
    """Return whether a person stopped a way, whatever they agreed to before."""
    return any(veto(subject_id, way) for veto in _vetoes.values())
