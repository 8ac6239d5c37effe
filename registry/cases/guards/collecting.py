"""What must be true from the preparation of the donor to the donation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.cases.states import CaseState

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.cases.models import MatchCase


def product_is_known(move: Move[MatchCase]) -> bool:
    """Return whether it is said what is collected."""
    return bool(move.object.product)


def collection_was_recorded(move: Move[MatchCase]) -> bool:
    """Return whether each day of collection stands with its volume, and the dose where cells are counted."""
    days = list(move.object.collection_days.all())
    if not days:
        return False
    return move.object.product != "PBSC" or any(day.cd34_per_kg is not None for day in days)


def label_was_checked_by_two(move: Move[MatchCase]) -> bool:
    """Return whether two people checked the label, and courier and temperature are written down."""
    made = move.object.__class__.objects.filter(pk=move.object.pk, handing_over__second_at__isnull=False)
    return move.once("labelled", made.exists)


def cells_arrived(move: Move[MatchCase]) -> bool:
    """Return whether the hospital has the cells."""
    made = move.object.__class__.objects.filter(pk=move.object.pk, handing_over__arrived_at__isnull=False)
    return move.once("arrived", made.exists)


def cells_have_not_left(move: Move[MatchCase]) -> bool:
    """Return whether the cells are not yet with the courier."""
    return bool(move.object.state != CaseState.HANDED_OVER)
