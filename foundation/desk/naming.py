"""Names of staff for the ids that rows keep; the program's own doers have words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from foundation.access import Staff


class Names(Mapping[str, str]):
    """The names of some actors, read in one query."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    @classmethod
    def of(cls, ids: Iterable[str]) -> Names:
        """Return the names of these actors."""
        wanted = {found for one in ids if (found := _uuid(one))}
        rows = Staff.objects.filter(pk__in=wanted).only("pk", "name", "username")
        return cls({str(staff.pk): str(staff) for staff in rows})

    def __getitem__(self, key: str) -> str:
        """Return the name of an actor; of the program's own doers, what they are."""
        return self._names.get(key) or (_("The program") if key and _uuid(key) is None else "")

    def get(self, key: str, default: str | None = None) -> str:  # type: ignore[override]
        """Return the name of an actor, or an empty text."""
        return self[key] or default or ""

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
