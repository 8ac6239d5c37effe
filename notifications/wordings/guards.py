"""What must be true before words are asked about, and before they are sent."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foundation.moves import Move
    from notifications.wordings.models import WordingVersion


def is_whole_in_every_language(move: Move[WordingVersion]) -> bool:
    """Return whether each channel that has words has them in every language."""
    from notifications.wordings.models import LANGUAGES  # noqa: PLC0415 - the models name this guard

    spoken: dict[str, set[str]] = defaultdict(set)
    for body in move.object.bodies.all():
        if body.text.strip():
            spoken[body.channel].add(body.language)
    return bool(spoken) and all(languages == set(LANGUAGES) for languages in spoken.values())


def nothing_speaks_against_it(move: Move[WordingVersion]) -> bool:
    """Return whether no check of any body stands in the way of sending it."""
    from notifications.wordings import queries  # noqa: PLC0415 - the models name this guard

    return not any(problem.stops for problem in queries.problems_of(move.object))
