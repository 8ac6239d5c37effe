"""Whether a witness named in words is one of those who have a part in a match: it is asked of their names.

Two people may bear one name. Then the witness signs with another name that they bear, or somebody else
is asked: a consent whose witness cannot be told from a relative proves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundation import vault
from foundation.access import Staff
from foundation.vault import normal
from registry.cases.sides import people_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from uuid import UUID

    from registry.cases.models import MatchCase


def says_a_name(name: str) -> bool:
    """Return whether there is a letter in it."""
    return bool(_same(name))


def is_called(name: str, names: Collection[str]) -> bool:
    """Return whether a name is one of several, whatever its width, case, spaces and dots."""
    return _same(name) in {_same(one) for one in names}


def of_staff(ids: Collection[str | UUID]) -> list[str]:
    """Return the names of people with a login."""
    return [str(one) for one in Staff.objects.filter(pk__in=ids)]


def of_the_donor(case: MatchCase) -> list[str]:
    """Return the donor's own name, opened; empty where it was erased."""
    return list(_words([vault.open_one(case.donor, "name")]))


def of_the_family(case: MatchCase) -> list[str]:
    """Return the names of the donor's contacts and of everybody in the family map, opened."""
    contacts = list(case.donor.contacts.all())
    relatives = list(case.family_views.all())
    return [*_words(vault.open(contacts, ["name"])), *_words(vault.open(relatives, ["name"]))]


def not_independent(case: MatchCase) -> set[str]:
    """Return the logins of the people of a case: none of them can be its witness."""
    return {str(one) for one in people_of(case)}


def _words(opened: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Yield what could be opened and says something."""
    names = (one["name"] for one in opened)
    return (name for name in names if isinstance(name, str) and name.strip())


def _same(name: str) -> str:
    return "".join(one for one in normal.text(name).casefold() if one.isalnum())
