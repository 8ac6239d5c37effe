"""What the donors' room puts on the Today page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from foundation.access import StaffRequest
from foundation.pages import keyset
from registry.donors import queries
from registry.donors.models import CallTask, Donor, WithdrawalLine
from registry.donors.states import DonorState
from registry.donors.views.common import short

SHOWN = 3


def calls_to_make(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the first calls that are due, masked, and how many there are; helpers have lists instead."""
    if not request.scope.ranges:
        return None
    due = CallTask.objects.visible_to(request.scope).due(request.at).filter(call_list=None)
    first = list(due.with_donor().order_by("due_on", "id")[:SHOWN])
    if not first:
        return None
    names = queries.masked_names([task.donor for task in first])
    rows = [{"task": task, "name": name} for task, name in zip(first, names, strict=True)]
    number, words = keyset.count(due)
    return {"rows": rows, "words": words, "waiting": number}


def lists_to_ring(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return today's lists: those one is named on, or those of one's branches; with how far they are."""
    lists = queries.lists_named(request) or queries.lists_of_today(request)
    decks = [queries.deck_of(request, str(one.pk)) for one in lists[:SHOWN]]
    rows = [(deck, deck.progress(request.actor, request.at)) for deck in decks if deck]
    waiting = sum(progress.people - progress.done for _deck, progress in rows)
    return {"rows": rows, "is_helper": not request.scope.ranges, "waiting": waiting} if rows else None


def out_of_contact(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return how many wait to be confirmed as out of contact, or as found again."""
    proposed = queries.proposed(request.scope).count()
    found = queries.found_again(request.scope).count()
    if not proposed and not found:
        return None
    return {"proposed": proposed, "found": found, "waiting": proposed + found}


def holds_ending(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the pauses that end soon."""
    today = timezone.localdate(request.at)
    last = today + timedelta(days=settings.HOLD_ENDING_DAYS)
    ending = Donor.objects.served_by(request.scope).filter(state=DonorState.ON_HOLD, hold_until__lte=last)
    first = list(ending.order_by("hold_until", "id")[:SHOWN])
    if not first:
        return None
    rows = [
        {"donor": donor, "name": name, "over": donor.hold_until is not None and donor.hold_until <= today}
        for donor, name in zip(first, queries.masked_names(first), strict=True)
    ]
    return {"rows": rows, "words": keyset.count_words(ending)}


def waiting_to_be_listed(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return how many typed donors wait for the listing."""
    number, words = keyset.count(queries.waiting_to_be_listed(request.scope).select_related(None))
    return {"words": words, "waiting": number} if number else None


def stops_that_failed(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the receipts on which something has not stopped yet."""
    red = WithdrawalLine.objects.filter(ok=False, due__isnull=False, due__settled_at__isnull=True)
    here = red.filter(request.scope.q("withdrawal__donor__service_path"))
    donors = list(Donor.objects.filter(pk__in=here.values("withdrawal__donor")[:SHOWN]).order_by("pk"))
    rows = [{"donor": donor, "short": short(donor)} for donor in donors]
    return {"rows": rows, "waiting": len(rows)} if rows else None
