"""What the rooms below tell, answered by one action each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from consent.models import Consent
from consent.purposes import CORE
from foundation.moves.stops import Stop
from foundation.trail import Actor
from foundation.vault import Capacity, Subject
from registry.donors import actions
from registry.donors.models import Donor, Word
from registry.donors.states import STILL_TO_WITHDRAW


def a_consent_was_withdrawn(
    *, consent: Consent, by: Actor, at: datetime, whole: bool = False, **_: Any
) -> Stop | None:
    """Withdraw the donor whose core consent was withdrawn: the one is the other."""
    if whole or consent.purpose not in CORE:
        return None
    donor = Donor.objects.filter(subject_id=consent.subject_id, state__in=STILL_TO_WITHDRAW).first()
    if donor is None:
        return None
    actions.withdraw(donor, by=by, at=at, word=Word.CONSENT)
    return Stop(what="donors.withdrawn", when=at)


def somebody_was_reported_dead(*, subject: Subject, by: Actor, at: datetime, **_: Any) -> None:
    """Silence a donor who was reported dead, in whatever capacity it was reported."""
    if subject.capacity == Capacity.DONOR:
        actions.silence_after_death(subject, by=by, at=at)


def somebody_was_erased(*, subject: Subject, by: Actor, at: datetime, **_: Any) -> None:
    """Forget the indexes of an erased donor."""
    if subject.capacity == Capacity.DONOR:
        actions.forget(subject, by=by, at=at)


def the_ledger_says(*, kind: str, subject: Subject, by: Actor, at: datetime, **_: Any) -> None:
    """Apply a withdrawal again that a restored backup does not know."""
    donor = Donor.objects.filter(subject=subject, state__in=STILL_TO_WITHDRAW).first()
    if kind == "withdrawn" and donor is not None:
        actions.withdraw(donor, by=by, at=at, word=Word.LEDGER)
