"""What people can be paged for. A room registers its kinds when the program starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foundation.access import Permission

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model
    from django_stubs_ext import StrOrPromise

    from foundation.access import Staff
    from notifications.paging.models import Alarm
    from registry.cases.queries.ringing import ToRing


@dataclass(frozen=True, slots=True)
class Place:
    """
    A page where an alarm can be seen to, for who holds a permission where the alarm stands.

    ``named_on`` is the thing on which hospitals and other named roles are named instead; whom this
    page is not for may find ``otherwise`` open.
    """

    permission: Permission
    url: str
    named_on: Model | None = None
    otherwise: Place | None = None


def _nowhere(_alarm: Alarm) -> Place | None:
    return None


def _nobody(_alarm: Alarm, _staff: Staff, _at: datetime) -> Sequence[ToRing]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One kind of alarm.

    ``words`` say what has happened, without a name. ``stands`` tells whether it is still so: an
    alarm ends when it is not. ``leads_to`` is the page where it can be seen to. ``ends_by_hand``
    lets who sees to it end the alarm even so: what has left cannot be called back. ``rings`` are
    the places whose landlines a reader may see, at that moment.
    """

    key: str
    words: StrOrPromise
    stands: Callable[[Alarm], bool]
    todo: StrOrPromise = ""
    leads_to: Callable[[Alarm], Place | None] = field(default=_nowhere)
    ends_by_hand: bool = False
    rings: Callable[[Alarm, Staff, datetime], Sequence[ToRing]] = field(default=_nobody)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind of alarm known; the same key again replaces it."""
    _kinds[kind.key] = kind


def kind_of(key: str) -> Kind:
    """
    Return a registered kind.

    :raises KeyError: if no room registered it.
    """
    return _kinds[key]
