"""While an answer is unread nothing leaves to its household: asked of each message when it is to be sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from notifications.answers.models import Answer, Held, Kind
from notifications.answers.querysets import AnswerQuerySet
from notifications.outbox import Message, MessageState, NotNow
from notifications.plans.whys import Why
from notifications.recipients import Recipient
from registry.families.models import Member


def question(message: Message, recipient: Recipient, _at: datetime) -> NotNow | None:
    """Hold what was planned, released or queued after the answer came; whoever settles it lets it go."""
    open_ones = list(_unread(message, recipient))
    for answer in open_ones:
        Held.objects.get_or_create(answer=answer, message=message)
    return NotNow(Why.REPLIED.value, MessageState.HELD) if open_ones else None


def _unread(message: Message, recipient: Recipient) -> AnswerQuerySet:
    """Return the unread words of this person, and of anybody of the household."""
    whose = Q(subject=message.subject_id)
    for family in _households(message, recipient):
        whose |= Q(subject__in=Member.objects.filter(family=family).values("subject"))
    return Answer.objects.open().filter(whose, kind=Kind.REPLY)


def _households(message: Message, recipient: Recipient) -> set[UUID]:
    of_plan = message.touchpoint.plan.family_id if message.touchpoint else None
    of_person = recipient.member.family_id if recipient.member else None
    return {pk for pk in (of_plan, of_person) if pk is not None}
