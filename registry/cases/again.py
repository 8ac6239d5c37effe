"""Who has given cells may be asked once more only with the medical reviewer's yes, on whatever way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.cases.states import ACTIVE
from registry.donors.states import DonorState

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.cases.models import MatchCase
    from registry.donors.models import Donor


def stands_as_donated(donor: Donor) -> bool:
    """Return whether a donor has donated and was not offered again since, also while a match keeps them."""
    if donor.state != DonorState.IN_CASE:
        return bool(donor.state == DonorState.DONATED)
    return donor.cases.filter(state__in=ACTIVE, reserved_from=DonorState.DONATED).exists()


def reviewer_agrees(move: Move[MatchCase]) -> bool:
    """Return whether the reviewer agreed to this notice, where its donor has donated."""
    return bool(move.facts.get("cleared")) or not stands_as_donated(move.object.donor)


def reviewer_agreed_since(move: Move[MatchCase]) -> bool:
    """Return whether a match that waited was opened after the donation, and so with the reviewer's yes."""
    case = move.object
    if case.reserved_from != DonorState.DONATED:
        return True
    donated_at = case.donor.donated_at
    return donated_at is not None and case.opened_at > donated_at
