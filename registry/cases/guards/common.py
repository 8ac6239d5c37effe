"""What the guards of a match share: guards that only the act itself can meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from foundation.moves import Guard

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.cases.models import MatchCase

    Check = Callable[[Move[MatchCase]], bool]


def at_the_act(check: Check, sentence: str | Promise) -> Guard:
    """Return a guard that only the act itself can meet: before anyone presses, it is not missing."""
    return Guard(check, sentence, when_given="given")
