"""Who is ready to be listed, and what is missing for the others: the guards of the move say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from foundation import moves
from foundation.access import Scope
from foundation.trail import Actor
from registry.donors.models import Donor
from registry.donors.states import DonorState


@dataclass(frozen=True, slots=True)
class Readiness:
    """A donor who is typed, and the sentences that stand against listing them; none means ready."""

    donor: Donor
    missing: list[str]

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def waiting_to_be_listed(scope: Scope) -> QuerySet[Donor]:
    """Return the typed donors whom the branches of a scope serve, the longest waiting first."""
    return (
        Donor.objects.served_by(scope)
        .filter(state=DonorState.TYPED)
        .select_related("subject", "service_branch")
    )


def readiness(donors: Sequence[Donor], *, by: Actor, at: datetime) -> list[Readiness]:
    """Return each donor with what is missing for the list."""
    return [Readiness(donor, still_missing(donor, "list", by=by, at=at)) for donor in donors]


def still_missing(donor: Donor, move: str, *, by: Actor, at: datetime) -> list[str]:
    """Return what is missing for a move before anyone presses it; nothing where it does not start here."""
    return [str(sentence) for sentence in moves.missing(donor, move, by=by, at=at) or []]
