"""The rail: where a person can go. Each room registers its own entry; the reader's rights choose."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

from foundation.access import Permission

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class RailEntry:
    """
    One place on the rail. Without permissions it is for everybody on the staff.

    ``leads_to`` names the pages that stand behind it at addresses of their own; of a place that higher
    rooms add pages to it is a function, since they are known only when all have registered.
    One that is ``folded`` stands in the menu of one's own name: it costs no key on the way to a page's work.
    """

    key: str
    label: StrOrPromise
    icon: str
    url_name: str
    permissions: frozenset[Permission] = frozenset()
    order: int = 50
    leads_to: tuple[str, ...] | Callable[[], tuple[str, ...]] = ()
    folded: bool = False

    def behind(self) -> tuple[str, ...]:
        """Return the names of the pages behind it."""
        return self.leads_to() if callable(self.leads_to) else self.leads_to


@dataclass(frozen=True, slots=True)
class Link:
    """A rail entry as one page shows it."""

    label: StrOrPromise
    icon: str
    url: str
    current: bool


_entries: dict[str, RailEntry] = {}


def register(entry: RailEntry) -> None:
    """Put an entry on the rail; the same key again replaces it."""
    _entries[entry.key] = entry


def links(permissions: Collection[Permission], path: str, *, folded: bool = False) -> list[Link]:
    """Return what stands on the rail, or folded, of somebody with these rights who is at a path."""
    shown = [
        (entry, url)
        for entry in sorted(_entries.values(), key=lambda entry: entry.order)
        if entry.folded == folded
        if not entry.permissions or entry.permissions & set(permissions)
        if (url := _url(entry.url_name))
    ]
    places = [
        (len(at), url)
        for entry, url in shown
        for at in (url, *map(_url, entry.behind()))
        if at and _is_at(path, at)
    ]
    _, here = max(places, default=(0, ""))
    return [Link(entry.label, entry.icon, url, url == here) for entry, url in shown]


def _is_at(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # a room that is not installed has no entry
        return ""
