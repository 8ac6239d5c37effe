"""What is in a person's hands. The rooms above say what they count as open work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from foundation.access.roles import Permission
from foundation.trail import Actor


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing in somebody's hands: its id, a title without personal data, and where it opens."""

    id: str
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class OpenWork:
    """
    A kind of work that people hold.

    ``items`` answers what one person holds; ``hand_over`` gives items to another, who
    holds the right that ``needs`` names.
    """

    key: str
    label: str | Promise
    items: Callable[[UUID], Sequence[WorkItem]]
    hand_over: Callable[[Sequence[str], UUID, Actor, datetime], None]
    needs: Permission | None = None


_kinds: dict[str, OpenWork] = {}


def register(kind: OpenWork) -> None:
    """Count a kind of work; registering the same key again replaces it."""
    _kinds[kind.key] = kind


def kinds() -> list[OpenWork]:
    """Return the kinds of work there are."""
    return list(_kinds.values())


def of(staff_id: UUID) -> list[tuple[OpenWork, Sequence[WorkItem]]]:
    """Return everything in a person's hands, by kind; kinds with nothing are left out."""
    held = [(kind, kind.items(staff_id)) for kind in _kinds.values()]
    return [(kind, items) for kind, items in held if items]
