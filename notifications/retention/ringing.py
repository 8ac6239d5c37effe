"""
Ask for a call to whom no message tells of an age limit: they gave only a telephone, or it did not leave.

Nobody goes off the register untold; see ``registry.donors.actions.age_out_due``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from foundation.access import task_actor
from foundation.trail import Actor
from notifications.outbox.models import Message
from notifications.outbox.states import WAITING, MessageState
from registry.donors import actions
from registry.donors.models import ContactChoice, Donor
from registry.donors.reach import AWAITS_FIRST_CALL
from registry.donors.states import NOT_IN_A_CASE, DonorState

_GOING: Final = (*WAITING, MessageState.SENDING)


def ring(on: date, *, at: datetime, by: Actor | None = None) -> int:
    """
    Put on the call list who was to be told of an age limit and was not; safe to run twice.

    Of the age to donate they are told while it is new; before their register ends, whenever it is.

    :returns: how many calls were asked for.
    """
    by = by or task_actor("retention.ring")
    new = on - timedelta(days=settings.AGE_NOTICE_DAYS)
    limit = ~AWAITS_FIRST_CALL & Q(age_notice_on__isnull=True, limit_notice_on__gte=new)
    ending = _untold("age_notice_on", "donor.age_notice", on, at=at)
    past = _untold("limit_notice_on", "donor.limit_notice", on, at=at).filter(limit)
    return sum(actions.call_about_age(some, by=by, at=at) for some in (ending, past))


def _untold(column: str, wording: str, on: date, *, at: datetime) -> QuerySet[Donor]:
    """Return who was to be told before today, wants to hear, and neither heard nor is about to."""
    of_this = Message.objects.filter(
        subject=OuterRef("subject"), wording=wording, made_at__date__gte=OuterRef(column)
    )
    fresh = at - timedelta(days=settings.AGE_LETTER_WAITS_DAYS)
    told = of_this.filter(Q(state=MessageState.SENT) | Q(state__in=_GOING, made_at__gt=fresh))
    return Donor.objects.filter(
        Q(state__in=[state for state in NOT_IN_A_CASE if state != DonorState.LOST]),
        ~Exists(told),
        ~actions.spoken_to_since(column),
        contact_choice=ContactChoice.NORMAL,
        objected_at__isnull=True,
        death_reported_at__isnull=True,
        merged_into__isnull=True,
        subject__restricted_at__isnull=True,
        subject__erased_at__isnull=True,
        **{f"{column}__lt": on},
    )
