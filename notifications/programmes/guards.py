"""What must be true before a version of a programme is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundation.trail import ActorKind

if TYPE_CHECKING:
    from foundation.moves import Move
    from notifications.programmes.models import Programme


def nothing_is_wrong(move: Move[Programme]) -> bool:
    """Return whether the programme can be kept as it is written, beside those in use by now."""
    from notifications.programmes import queries  # noqa: PLC0415 - the models name this guard

    return not queries.problems(move.object)


def another_person_agreed(move: Move[Programme]) -> bool:
    """Return whether somebody else than the writer agrees; the first contents come with the program."""
    if move.actor.kind in {ActorKind.TASK, ActorKind.COMMAND}:
        return True
    approval = move.facts.get("approval")
    return approval is not None and approval.by_id != move.actor.id


def older_version_is_retired(move: Move[Programme]) -> bool:
    """Return whether no other version of the programme is in use."""
    programme = move.object
    others = type(programme).objects.filter(key=programme.key, state="PUBLISHED")
    return not others.exclude(pk=programme.pk).exists()
