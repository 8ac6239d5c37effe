"""What the guards of a match share: the day of a move, and guards that only the act itself can meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.functional import Promise

from foundation.moves import Guard

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.cases.models import MatchCase

    Check = Callable[[Move[MatchCase]], bool]


def at_the_act(check: Check, sentence: str | Promise) -> Guard:
    """Return a guard that only the act itself can meet: before anyone presses, it is not missing."""
    return Guard(check, sentence, when_given="given")


def day_of(move: Move[MatchCase]) -> date:
    """Return the day of a move where the branch stands."""
    return timezone.localdate(move.at)
