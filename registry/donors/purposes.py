"""What calls are for, as plain words, and until when each has its reason.

Kinds are named by their codes: the tables of this room import this module.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.donors.states import LIVE, DonorState

S = DonorState


@dataclass(frozen=True, slots=True)
class Purpose:
    """One list of calls: its key in addresses, its words, and which calls stand on it."""

    key: str
    words: str | Promise
    kinds: tuple[str, ...]
    more: Callable[[datetime], Q] = lambda _at: Q()

    def q(self, at: datetime) -> Q:
        """Return the condition on calls."""
        return Q(kind__in=self.kinds) & self.more(at)


def _thinking(at: datetime) -> Q:
    return Q(donor__registered_at__gt=at - timedelta(days=settings.COOLING_OFF_DAYS))


def _thought(at: datetime) -> Q:
    return ~_thinking(at)


PURPOSES: Final = (
    Purpose("objections", _("Somebody objects"), ("OBJECTION",)),
    Purpose("wavering", _("Would not go on"), ("WAVERS",)),
    Purpose("new-numbers", _("New numbers"), ("NEW_NUMBER",)),
    Purpose("matches", _("About a match"), ("MATCH",)),
    Purpose("pre-listing", _("Before listing"), ("PRE_LISTING",)),
    Purpose("resample", _("A new sample"), ("RESAMPLE",)),
    Purpose("cooling-off", _("Thinking it over"), ("COOLING_OFF",), _thinking),
    Purpose("cooling-off-over", _("Seven days are up"), ("COOLING_OFF",), _thought),
    Purpose("pauses-over", _("Pauses that are over"), ("HOLD_ENDED",)),
    Purpose("rounds", _("Hard to reach"), ("OUT_OF_CONTACT",)),
    Purpose("unverified", _("Number long unchecked"), ("CONTACT_CHECK",)),
    Purpose("other", _("Other"), ("FOLLOW_UP", "FAMILY_TALK", "CONSENT_DUE", "AGE_LIMIT", "OTHER")),
)
BY_KEY: Final = {purpose.key: purpose for purpose in PURPOSES}


def _stands_at(prefix: str, *states: DonorState) -> Q:
    """Donors in these states, or paused on the way from them."""
    return Q(**{f"{prefix}state__in": states}) | Q(
        **{f"{prefix}state": S.ON_HOLD, f"{prefix}return_to__in": states}
    )


def _wants_to_hear(prefix: str) -> Q:
    return Q(**{f"{prefix}contact_choice": "NORMAL", f"{prefix}objected_at__isnull": True})


def _not_verified_since(prefix: str) -> Q:
    column = f"{prefix}contact_verified_on"
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__lte": TruncDate(F("created_at"))})


# A kind that is not here has its reason as long as the donor lives and has not left.
_REASONS: Final[dict[str, Callable[[str], Q]]] = {
    "PRE_LISTING": lambda p: _stands_at(p, S.TYPED),
    "RESAMPLE": lambda p: _stands_at(p, S.REGISTERED),
    "COOLING_OFF": lambda p: Q(**{f"{p}state__in": (S.REGISTERED, S.SAMPLED)}) & _wants_to_hear(p),
    "HOLD_ENDED": lambda p: Q(**{f"{p}state": S.ON_HOLD}),
    "WAVERS": lambda p: Q(**{f"{p}state": S.ON_HOLD}),
    "OBJECTION": lambda p: Q(**{f"{p}objected_at__isnull": False}),
    "OUT_OF_CONTACT": lambda p: Q(**{f"{p}state__in": (S.LISTED, S.ON_HOLD)}) & _not_verified_since(p),
    "CONTACT_CHECK": lambda p: _wants_to_hear(p) & _not_verified_since(p),
}


def holds(prefix: str, *, kinds: Collection[str] = tuple(_REASONS)) -> Q:
    """
    Return the condition on calls whose reason still holds.

    :param prefix: how the columns of the donor are reached, as ``donor__``.
    :param kinds: of the calls it is asked of, where these are known: then the condition is short.
    """
    special = Q(kind__in=[])
    for kind, reason in _REASONS.items():
        if kind in kinds:
            special |= Q(kind=kind) & reason(prefix)
    alive = Q(**{f"{prefix}state__in": LIVE, f"{prefix}death_reported_at__isnull": True})
    return alive & (special | ~Q(kind__in=list(_REASONS)))
