"""What a higher room adds to the receipt of a withdrawal: which of its things ended, one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from foundation.access import StaffRequest
    from registry.donors.models import Withdrawal


@dataclass(frozen=True, slots=True)
class Part:
    """
    One thing that ended.

    ``words`` stand on the person's own copy too and are neutral; ``detail`` and ``url`` are for staff
    who may see the thing itself.
    """

    words: str | Promise
    detail: str | Promise = ""
    url: str = ""


Finder = Callable[["Withdrawal", "StaffRequest | None"], Sequence[Part]]
_finders: dict[str, Finder] = {}


def register(key: str, find: Finder) -> None:
    """Let a room add to receipts; the same key again replaces it."""
    _finders[key] = find


def of(found: Withdrawal, request: StaffRequest | None = None) -> list[Part]:
    """Return everything that rooms add to one receipt; without a reader the neutral words alone."""
    return [part for find in _finders.values() for part in find(found, request)]
