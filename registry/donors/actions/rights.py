"""Rights of the acts that change no state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from foundation import access, moves
from foundation.access import Permission
from foundation.trail import Actor, ActorKind


def check(on: Any, *, by: Actor, at: datetime, permissions: Sequence[Permission]) -> None:
    """
    Check that staff hold one of these rights here; a person by their own link may, for themself.

    :raises moves.NotAllowed: if they do not.
    """
    if by.kind in {ActorKind.SUBJECT, ActorKind.TASK, ActorKind.COMMAND}:
        return
    if not any(access.may(by, permission, on=on, at=at) for permission in permissions):
        raise moves.NotAllowed(permissions[0].value)
