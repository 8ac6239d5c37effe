"""Learn from messages that failed for good that a way does not work; from their rows alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q

from foundation.trail import Actor
from notifications.answers.actions.receiving import came_back
from notifications.outbox import fences
from notifications.outbox.models import Message, MessageState
from notifications.recipients import contact
from notifications.recipients.models import ContactState, Reach

LOOK_BACK: Final = timedelta(days=1)  # longer than a night without workers; the rows stay
AT_ONCE: Final = 500  # messages learnt from in one go; the next minute goes on
STOPPED_THERE: Final = "gateway_unsubscribed"  # they told the carrier, not us
NO_MAILBOX: Final = "rcpt_"  # and the code by which a mail server said that nobody has the address
WRONG: Final = ("bad_address", "gateway_invalid_number")


def learn(*, by: Actor, at: datetime) -> int:
    """Mark the addresses of messages that lately failed for good; twice is once. Return how many were new."""
    lately = Message.objects.filter(state=MessageState.FAILED, settled_at__gt=at - LOOK_BACK)
    new = 0
    says = Q(why__in=WRONG) | Q(why__startswith=NO_MAILBOX)
    for message in lately.filter(says, answers__isnull=True).select_related("subject")[:AT_ONCE]:
        state = Reach.WRONG if message.why in WRONG else Reach.BOUNCED
        with fences.fenced("answers.not_learnt", message.pk):
            new += came_back(message, state=state, by=by, at=at) is not None
    since = ContactState.objects.filter(subject=OuterRef("subject"), channel=OuterRef("channel"))
    stands = since.filter(Q(state=Reach.STOPPED) | Q(since__gte=OuterRef("settled_at")))
    told = lately.filter(~Exists(stands), why=STOPPED_THERE)  # what was opened again since stays open
    for message in told.select_related("subject")[:AT_ONCE]:
        with fences.fenced("answers.not_learnt", message.pk):
            contact.mark(message.subject, message.channel, Reach.STOPPED, by=by, at=at)
    return new
