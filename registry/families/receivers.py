"""What the rooms below tell, answered by one action each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from consent.models import Consent
from consent.purposes import Purpose
from foundation.moves.stops import Stop
from foundation.trail import Actor
from foundation.vault import Capacity, Subject
from registry.families import actions


def somebody_was_reported_dead(*, subject: Subject, by: Actor, at: datetime, **_: Any) -> None:
    """Note in the household that one of it was reported dead."""
    if subject.capacity == Capacity.RELATIVE:
        actions.note_death_report(subject, by=by, at=at)


def somebody_was_erased(*, subject: Subject, by: Actor, at: datetime, **_: Any) -> None:
    """Forget the indexes of a relative, or of one who gave, and what hangs on them."""
    if subject.capacity == Capacity.RELATIVE:
        actions.forget_relative(subject, by=by, at=at)
    if subject.capacity == Capacity.GIVER:
        actions.forget_giver(subject, by=by, at=at)


def a_consent_ended(*, consent: Consent, by: Actor, at: datetime, **_: Any) -> Stop | None:
    """Take a name from the memorial wall, if a relative's consent stood under it."""
    if consent.purpose != Purpose.MEMORIAL_WALL:
        return None
    return actions.hide_for_consent(consent, by=by, at=at)
