"""Who asked that we ring them no more, whatever they agreed to before: the floor above knows it."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Final
from uuid import UUID

from django.db.models import Q

from foundation.vault import Subject

Condition = Callable[[str], Q]
_known: Final[dict[str, Condition]] = {}


def register(key: str, condition: Condition) -> None:
    """Let a room say of whom it knows so, as a condition on the column that holds the subject."""
    _known[key] = condition


def asked_for(subject: str = "subject") -> Q:
    """Return the condition on rows whose person asked for it."""
    return reduce(or_, (condition(subject) for condition in _known.values()), Q(pk__in=[]))


def asked_for_by(subject_id: UUID) -> bool:
    """Return whether a person asked for it."""
    return Subject.objects.filter(asked_for("pk"), pk=subject_id).exists()
