"""Read which lines of a list were ticked."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID


def ids_of(typed: Iterable[str]) -> list[UUID]:
    """Return the ids among what a form sent; what is none is left out."""
    found = []
    for text in typed:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
