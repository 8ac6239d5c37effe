"""End consents that were given for a time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from consent import signals
from consent.models import Consent
from consent.states import IN_FORCE
from foundation import moves, vault
from foundation.moves import stops

if TYPE_CHECKING:
    from foundation.trail import Actor


def expire_due(*, by: Actor, at: datetime) -> int:
    """
    End every consent whose last day is over, each in its own transaction. Twice is once.

    :returns: how many ended.
    """
    today = timezone.localdate(at)
    due = Consent.objects.filter(state__in=IN_FORCE, ends_on__lt=today)
    return sum(_expire(consent, by=by, at=at) for consent in due.order_by("id").iterator(chunk_size=500))


@transaction.atomic
def _expire(consent: Consent, *, by: Actor, at: datetime) -> bool:
    vault.lock(consent.subject_id)
    fresh = Consent.objects.select_related("subject").get(pk=consent.pk)
    if fresh.state not in IN_FORCE:
        return False
    moves.make(fresh, "expire", by=by, at=at)
    stops.collect(signals.expired, consent=fresh, by=by, at=at)
    return True
