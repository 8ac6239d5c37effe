"""The doors behind Administration: each room that has something to run registers a door."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

from foundation.access import Permission

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Door:
    """A page that those with one of the rights may open."""

    key: str
    label: StrOrPromise
    detail: StrOrPromise
    url_name: str
    permissions: frozenset[Permission]
    order: int = 50
    icon: str = "gear"


_doors: dict[str, Door] = {}


def register(door: Door) -> None:
    """Put a door on the page; the same key again replaces it."""
    _doors[door.key] = door


def permissions() -> frozenset[Permission]:
    """Return every right that opens at least one door."""
    return frozenset(right for door in _doors.values() for right in door.permissions)


def url_names() -> tuple[str, ...]:
    """Return the names of the pages behind the doors."""
    return tuple(door.url_name for door in _doors.values())


def doors_for(held: Collection[Permission]) -> list[tuple[Door, str]]:
    """Return the doors these rights open, with where they lead."""
    doors = sorted(_doors.values(), key=lambda door: door.order)
    return [(door, url) for door in doors if door.permissions & set(held) if (url := _url(door.url_name))]


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
