"""Ask for the right to do what is no move: the same question, for changes that leave the state as it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from foundation.access import NotAllowed, Permission, may
from foundation.trail import Actor, ActorKind


def check(by: Actor, *permissions: Permission, on: Any, at: datetime) -> None:
    """
    Let a command or task pass, and staff who hold one of the permissions where the thing stands.

    :raises NotAllowed: otherwise.
    """
    if by.kind in {ActorKind.COMMAND, ActorKind.TASK}:
        return
    if not any(may(by, permission, on=on, at=at) for permission in permissions):
        raise NotAllowed(permissions[0].value)
