"""What unread answers hold, as questions about messages and touchpoints."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.answers.models import AnswerState, Held, Kind


def message_is_held() -> Exists:
    """Return whether an answer that nobody has read yet holds a message."""
    return Exists(_unread().filter(message=OuterRef("pk")))


def touchpoint_is_held() -> Exists:
    """Return whether an answer that nobody has read yet holds a touchpoint."""
    return Exists(_unread().filter(touchpoint=OuterRef("pk")))


def by_no_other(rows: QuerySet[Held]) -> QuerySet[Held]:
    """Keep what no answer holds that nobody has read yet."""
    return rows.exclude(
        Exists(_unread().filter(message=OuterRef("message")))
        | Exists(_unread().filter(touchpoint=OuterRef("touchpoint")))
    )


def also_lost() -> Q:
    """Return whether something was held, too, by an answer whose writer was erased before anybody read it."""
    lost = Held.objects.filter(
        answer__state=AnswerState.SETTLED,
        answer__meaning="",
        answer__kind=Kind.REPLY,
        answer__subject__erased_at__isnull=False,
    )
    return Exists(lost.filter(message=OuterRef("message"))) | Exists(
        lost.filter(touchpoint=OuterRef("touchpoint"))
    )


def _unread() -> QuerySet[Held]:
    return Held.objects.filter(answer__state=AnswerState.OPEN)
