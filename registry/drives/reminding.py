"""What becomes of the reminder of an appointment: the floor above sends it, and says it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from registry.drives.models import Appointment

# Returns a sentence by the appointment's id: when it leaves, that it was sent, or why it does not.
Say = Callable[[Sequence["Appointment"], datetime], Mapping[UUID, str]]
_said: Final[list[Say]] = []


def register(say: Say) -> None:
    """Let the room that reminds people say how it stands with each."""
    _said[:] = [say]


def said(appointments: Sequence[Appointment], *, at: datetime) -> Mapping[UUID, str]:
    """Return how it stands with the reminder of each appointment, in words."""
    return _said[0](appointments, at) if _said else {}
