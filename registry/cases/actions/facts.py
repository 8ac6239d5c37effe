"""Who may enter a fact of a match: who works on it, or the hospital whose fact it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from foundation import moves
from foundation.access import Permission
from foundation.trail import Actor
from registry.cases.actions import common
from registry.cases.hospitals import Hospital, side_of, speaks_for_one
from registry.cases.models import MatchCase


def check(
    case: MatchCase,
    permissions: Sequence[Permission],
    *,
    or_of: Hospital,
    by: Actor,
    at: datetime,
    open_only: bool = True,
) -> None:
    """
    Ask for one of several rights on a case, or that somebody of that hospital is named on it.

    :raises moves.NotAllowed: if the actor is neither.
    :raises moves.Refused: if the case has ended.
    """
    if speaks_for_one(by):
        if side_of(case, by) != or_of:
            raise moves.NotAllowed(Permission.CASE_FACTS.value)
        permissions = (Permission.CASE_FACTS,)
    common.check(case, permissions, by=by, at=at, open_only=open_only)
