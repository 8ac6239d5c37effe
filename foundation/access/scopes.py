"""Where one permission reaches: ranges of branch paths, and what one is named on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Model, Q

from foundation.access import named

LEVEL_DIGITS = 4  # 9,999 children a branch


def successor(path: str) -> str:
    """Return the first path after a subtree. Paths are digits, so every collation agrees."""
    return str(int(path) + 1).zfill(len(path))


def subtree(path: str) -> tuple[str, str]:
    """Return the half-open range of paths in a branch's subtree, itself included."""
    return path, successor(path)


@dataclass(frozen=True, slots=True)
class Scope:
    """
    The branches where a permission is held, as disjoint half-open ranges of paths.

    :param named: the staff id when a named role (helper, companion, hospital) gives
        the permission too: then single things may be added by ``named_ids``.
    """

    ranges: tuple[tuple[str, str], ...] = ()
    named: UUID | None = None

    @classmethod
    def of(cls, paths: Iterable[str], *, named: UUID | None = None) -> Scope:
        """Return the scope of these subtrees; one inside another is left out."""
        kept: list[str] = []
        for path in sorted(set(paths)):
            if not kept or not path.startswith(kept[-1]):
                kept.append(path)
        return cls(tuple(subtree(path) for path in kept), named)

    def covers(self, path: str) -> bool:
        """Return whether a branch lies in the scope."""
        return any(low <= path < high for low, high in self.ranges)

    def q(self, *columns: str) -> Q:
        """Return the condition that one of the path columns lies in the scope."""
        found = Q(pk__in=[])
        for column in columns:
            for low, high in self.ranges:
                found |= Q(**{f"{column}__gte": low, f"{column}__lt": high})
        return found

    def named_ids(self, model: type[Model]) -> list[UUID]:
        """Return the ids of the things of a kind that the reader is named on."""
        return named.ids(self.named, model) if self.named else []

    def under(self, path: str) -> Scope:
        """Return the part of this scope that lies in one branch's subtree."""
        if self.covers(path):
            return replace(self, ranges=(subtree(path),))
        low, high = subtree(path)
        return replace(self, ranges=tuple(r for r in self.ranges if low <= r[0] < high))

    def both(self, ranges: Iterable[tuple[str, str]]) -> Scope:
        """Return the part of this scope that lies in other ranges too; of what one is named on nothing."""
        pairs = [(max(low, a), min(high, b)) for low, high in self.ranges for a, b in ranges]
        return Scope(tuple((low, high) for low, high in pairs if low < high))

    def __bool__(self) -> bool:
        return bool(self.ranges or self.named)
