"""What must be true until the hospital has decided: the donor reached, agreed, fit, and typed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from consent import gate
from consent.purposes import Purpose
from consent.states import State

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.cases.guards.common import Check
    from registry.cases.models import MatchCase


def donor_lives(move: Move[MatchCase]) -> bool:
    """Return whether nobody reported the donor dead."""
    return move.object.donor.death_reported_at is None


def donor_was_tried(move: Move[MatchCase]) -> bool:
    """Return whether somebody tried to speak with the donor."""
    return move.object.first_tried_at is not None


def donor_was_reached(move: Move[MatchCase]) -> bool:
    """Return whether somebody spoke with the donor in person."""
    return move.object.reached_at is not None


def agreed_to(purpose: Purpose) -> Check:
    """Return a check that the donor's consent to a purpose is in force for this very case."""

    def check(move: Move[MatchCase]) -> bool:
        case = move.object
        subject, matter = case.donor.subject_id, str(case.pk)
        return move.once(purpose, lambda: gate.allows(subject, purpose, at_least=State.ACTIVE, matter=matter))

    return check


def is_fit(move: Move[MatchCase]) -> bool:
    """Return whether the health-and-availability check was passed."""
    return move.object.fit_at is not None


def stance_is_known(move: Move[MatchCase]) -> bool:
    """Return whether it was written down what the family knows and thinks."""
    return move.object.stance_at is not None


def takes_little_blood(move: Move[MatchCase]) -> bool:
    """Return whether at most 30 ml are taken. Source: domain.md section 3"""
    volume = move.object.hr_volume_ml
    return volume is not None and 0 < volume <= settings.HR_SAMPLE_ML_MOST


def typing_agrees(move: Move[MatchCase]) -> bool:
    """Return whether the laboratory confirmed the match."""
    return bool(move.facts.get("confirmed"))


def hospital_wants_the_donor(move: Move[MatchCase]) -> bool:
    """Return whether the hospital decided for this donor."""
    return bool(move.facts.get("decided"))
