"""How a page of this floor names a person: it knows only their id, so the floor above tells it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from foundation.vault import Capacity, Subject


@dataclass(frozen=True, slots=True)
class Person:
    """
    A person as a list may show them.

    :param label: name, masked unless it was asked for opened, and whatever tells two people apart.
    :param url: their page. :param after_withdrawal: the page that proves what stopped.
    """

    label: str
    url: str = ""
    after_withdrawal: str = ""


class Describe(Protocol):
    """Return how some people of one capacity are shown, by their ids."""

    def __call__(self, subject_ids: Collection[UUID], /, *, opened: bool = False) -> Mapping[UUID, Person]:
        """Mask the names, unless they are asked for opened."""


_DESCRIBERS: dict[Capacity, Describe] = {}


def register(capacity: Capacity, describe: Describe) -> None:
    """Let a room above say how people of a capacity are shown."""
    _DESCRIBERS[capacity] = describe


def described(subjects: Collection[Subject], *, opened: bool = False) -> dict[UUID, Person]:
    """
    Return how each person is shown, one question to each room.

    :param opened: with the whole name, for a page of the reader's own work; the caller writes the look down.
    """
    found: dict[UUID, Person] = {subject.pk: _plain(subject) for subject in subjects}
    for capacity in {Capacity(subject.capacity) for subject in subjects}:
        if capacity in _DESCRIBERS:
            ids = [subject.pk for subject in subjects if subject.capacity == capacity]
            found.update(_DESCRIBERS[capacity](ids, opened=opened))
    return found


def one(subject: Subject) -> Person:
    """Return how one person is shown."""
    return described([subject])[subject.pk]


def _plain(subject: Subject) -> Person:
    return Person(
        _("%(capacity)s %(number)s")
        % {"capacity": subject.get_capacity_display(), "number": str(subject.pk)[-6:]}
    )
