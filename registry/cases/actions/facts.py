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
from registry.cases.outcomes import Side


def check(
    case: MatchCase,
    permissions: Sequence[Permission],
    *,
    or_of: Hospital,
    by: Actor,
    at: datetime,
    open_only: bool = True,
    side: Side | None = None,
) -> None:
    """
    Ask for one of several rights on a case, or that somebody of that hospital is named on it.

    :param side: whose fact it is, where it belongs to one side of the match.
    :raises moves.NotAllowed: if the actor is neither.
    :raises moves.Refused: if the case has ended, or the actor looks after the other side.
    """
    if speaks_for_one(by):
        if side_of(case, by) != or_of:
            raise moves.NotAllowed(Permission.CASE_FACTS.value)
        permissions = (Permission.CASE_FACTS,)
    common.check(case, permissions, by=by, at=at, open_only=open_only, side=side)
