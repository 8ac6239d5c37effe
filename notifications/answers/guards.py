"""What must be true before an answer is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundation import access
from foundation.access import Permission
from foundation.trail import ActorKind

if TYPE_CHECKING:
    from foundation.moves import Move
    from notifications.answers.models import Answer

RIGHTS: Final = {"FAMILIES": Permission.FAMILY_EDIT, "DONORS": Permission.DONOR_EDIT}


def by_who_looks_after_them(move: Move[Answer]) -> bool:
    """Return whether the actor holds the right of the desk, where the person stands."""
    if move.actor.kind != ActorKind.STAFF:
        return True
    return access.may(move.actor, RIGHTS[move.object.desk], on=move.object, at=move.at)
