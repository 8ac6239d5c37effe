"""What waits shows itself on Today; what is approved lets go of what waited for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from foundation.access import Permission, StaffRequest
from foundation.desk import today
from notifications.channels.provider import signals as of_provider
from notifications.outbox import Message, faults, lacking
from notifications.waiting import queries, receivers
from notifications.wordings import signals as of_wordings
from registry.families import signals as of_families

P = Permission
_LINES: Final = {
    "restored": (_("A backup was put back: may have been sent"), "bad"),
    "unclear": (_("May have been sent: decide"), "bad"),
    "stopped": (_("Stands still: somebody must look"), "due"),
    "lacking": (_("Waits for words, or for the provider"), "wait"),
}

_AT_ONCE: Final = frozenset({"restored", "lacking"})  # one thing to do, however many wait for it


def register() -> None:
    """Register the cards of Today and the receivers."""
    for key, right, order, context in (
        ("faults", P.SETTINGS, 5, what_is_broken),
        ("families", P.CARE_SEND, 21, of_families_desk),
        ("donors", P.DONOR_EDIT, 22, of_donors_desk),
    ):
        template = f"notifications/waiting/cards/{'faults' if key == 'faults' else 'waiting'}.html"
        today.register(today.Card(f"waiting.{key}", frozenset({right}), order, "main", template, context))
    of_wordings.words_approved.connect(receivers.words_approved, dispatch_uid="waiting.words")
    of_provider.template_approved.connect(receivers.template_approved, dispatch_uid="waiting.template")
    of_provider.sign_approved.connect(receivers.sign_approved, dispatch_uid="waiting.sign")
    of_families.family_changed.connect(receivers.family_changed, dispatch_uid="waiting.family")


def what_is_broken(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return what keeps messages back that an operator mends, and what the provider has to approve."""
    found = faults.standing(at=request.at, scope=request.scope)
    seen = Message.objects.visible_to(request.scope).filter(why__in=lacking.OF_THE_PROVIDER)
    by_provider = sum(lack.count for lack in lacking.lacks(seen, at=request.at))
    if not found and not by_provider:
        return None
    return {"faults": found, "by_provider": by_provider, "waiting": len(found) + bool(by_provider)}


def of_donors_desk(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return what of donors' messages waits for a person."""
    return _card("donors", queries.waiting_for_donors(request.scope, at=request.at))


def of_families_desk(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return what of families' messages stands on no other list of the care desk."""
    return _card("families", queries.waiting_for_families(request.scope))


def _card(of: str, counted: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if not counted:
        return None
    lines = [(key, *_LINES[key], found.words) for key, found in counted.items()]
    waiting = sum(1 if key in _AT_ONCE else found.number for key, found in counted.items())
    return {"of": of, "lines": lines, "waiting": waiting}
