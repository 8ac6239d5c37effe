"""Write down that a letter was posted: it counts as the one copy of everybody whose letter it was."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from foundation.trail import Actor
from notifications import outbox
from notifications.channel_names import Channel
from notifications.plans import actions as plans
from notifications.plans import sendings
from notifications.plans.models import Touchpoint


@transaction.atomic
def posted(
    touchpoint: Touchpoint,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    of: Collection[UUID] | None = None,
    address: str = "",
) -> None:
    """
    Note that the letter of a touchpoint was brought to the post.

    :param address: where it went to, line by line: it may come back.
    :param of: the people whose letter it was; without it, everybody of the household who wants to hear.
    :raises moves.Refused: if it was stopped, done or posted before, or is not the actor's to do.
    """
    plans.lock_everybody(touchpoint.plan)
    people = sendings.still_to_reach(touchpoint)
    plans.done(touchpoint, by=by, at=at, channel=Channel.LETTER)
    for person in people:
        if of is None or person.subject.pk in of:
            outbox.record_by_hand(
                touchpoint=touchpoint,
                subject=person.subject,
                channel=Channel.LETTER,
                by=by,
                at=at,
                note=note,
                sent_to=address,
            )
