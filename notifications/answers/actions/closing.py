"""Close answers that nobody can read any more; what they held is held on, for a person to decide."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from foundation import moves, trail
from foundation.access import task_actor
from foundation.trail import Actor
from foundation.vault import Subject
from notifications import outbox
from notifications.answers import holding
from notifications.answers.actions.common import lock_with_households
from notifications.answers.models import Answer, Held
from notifications.outbox.models import Message
from notifications.plans import actions as plans
from notifications.plans.models import Touchpoint
from notifications.plans.whys import Why

_WHY = {"was": Why.REPLIED.value, "why": Why.UNREAD.value}


@transaction.atomic
def close_all(subject: Subject, *, at: datetime) -> None:
    """
    Close the open answers of somebody of whom nothing is known any more.

    Nobody knows what they said, so nothing of what they held goes on by itself: it stands among what
    is held, with that reason, until who looks after those people lets it go or leaves it out.
    """
    lock_with_households([subject.pk])
    for answer in Answer.objects.open().filter(subject=subject):
        _close(answer, at=at)


def hold_on_unread(rows: QuerySet[Held], *, by: Actor, at: datetime) -> int:
    """Hold on what was held by words that nobody can read any more, and return how many."""
    rows = holding.by_no_other(rows)
    messages = Message.objects.filter(pk__in=rows.values("message"))
    touchpoints = Touchpoint.objects.filter(pk__in=rows.values("touchpoint"))
    return outbox.hold_on(messages, **_WHY, by=by, at=at) + plans.hold_on(touchpoints, **_WHY)


def _close(answer: Answer, *, at: datetime) -> None:
    by = task_actor("answers.erased")
    answer.settled_at = at
    moves.make(answer, "settle", by=by, at=at, saves=("settled_at",))
    alone = holding.by_no_other(answer.held.all())
    count = hold_on_unread(alone, by=by, at=at)
    trail.record("answer.lost", by=by, at=at, object=answer, count=count)
