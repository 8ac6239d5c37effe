"""What must be true before a drive is opened, closed or called off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.drives.states import DriveKind

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.drives.models import Drive


def its_day_has_come(move: Move[Drive]) -> bool:
    """Return whether the drive is today or was before."""
    day = move.object.on_date
    return day is None or day <= move.day


def is_not_an_office(move: Move[Drive]) -> bool:
    """Return whether the drive is a day at a place; an office stays open."""
    return move.object.kind != DriveKind.OFFICE


def every_gap_has_a_reason(move: Move[Drive]) -> bool:
    """Return whether nobody lacks a tube or a signature without a reason."""
    return not move.facts.get("gaps_without_reason", 0)


def the_count_agrees_or_says_why(move: Move[Drive]) -> bool:
    """Return whether a hand counted as many tubes and papers as the program, or said why not."""
    return not move.facts.get("difference_unexplained", False)


def nobody_was_enrolled(move: Move[Drive]) -> bool:
    """Return whether a drive had nobody yet: one that had is counted up instead."""
    return not move.object.donors.exists()


def nobody_is_expected(move: Move[Drive]) -> bool:
    """Return whether no appointment stands there: whoever has one is rung first."""
    standing = move.object.appointments.filter(came_at=None, cancelled_at=None, starts_at__gt=move.at)
    return not standing.exists()
