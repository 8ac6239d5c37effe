"""The search box: anything typed is offered to every room whose right the reader holds."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from foundation.access import Permission, StaffRequest
from foundation.desk.holding import reaching

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST: Final = 100
SHORTEST: Final = 2
ANYTHING: Final = _("ID number, phone, name, pinyin initials, barcode")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: words masked by the room that found it."""

    title: StrOrPromise
    url: str
    detail: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader must know of the hits beside it: that there are more, and how to narrow them."""

    words: StrOrPromise


@dataclass(frozen=True, slots=True)
class Findings:
    """What all rooms found, and what there is to say of it."""

    hits: list[Hit]
    notes: list[StrOrPromise]


@dataclass(frozen=True, slots=True)
class Provider:
    """A room that can find something by a typed text, and in words what one types for it."""

    permissions: frozenset[Permission]
    find: Callable[[StaffRequest, str], Iterable[Hit | Note]]
    takes: StrOrPromise = ANYTHING


_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a room answer the search box."""
    if provider not in _providers:
        _providers.append(provider)


def takes(permissions: Collection[Permission]) -> StrOrPromise:
    """Return what somebody with these rights can type into the box; nothing where it would find nothing."""
    rooms = (one for one in _providers if not one.permissions or one.permissions & set(permissions))
    return next((one.takes for one in rooms), "")


def normal(text: str) -> str:
    """Return a typed text in one spelling: full-width signs folded, spaces and controls at the ends off."""
    folded = unicodedata.normalize("NFKC", text[: LONGEST * 2])
    kept = "".join(sign for sign in folded if unicodedata.category(sign) not in {"Cc", "Cs", "Cf"})
    return " ".join(kept.split())[:LONGEST]


def find(request: StaffRequest, text: str) -> Findings:
    """Return what the reader's rooms find, each thing once. A room bounds its own hits, and says so."""
    hits: dict[str, Hit] = {}
    notes: list[StrOrPromise] = []
    for provider in _providers:
        with reaching(request, provider.permissions) as allowed:
            for found in provider.find(request, text) if allowed else ():
                if isinstance(found, Note):
                    notes.append(found.words)
                else:
                    hits.setdefault(found.url, found)
    return Findings(list(hits.values()), notes)


def within_budget(request: StaffRequest, *, at: datetime) -> bool:
    """
    Count one search of this person in this hour, and return whether it is still allowed.

    A box that takes any number must not become a way to try numbers out.
    """
    key = f"desk.search.{request.staff.pk}.{at:%Y%m%d%H}"
    cache.add(key, 0, timeout=3600)
    try:
        return cache.incr(key) <= settings.SEARCHES_PER_HOUR
    except ValueError:  # it ran out between the two calls
        return True
