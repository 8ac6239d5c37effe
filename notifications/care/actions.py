"""What the desk writes: only through the plans and the outbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves
from foundation.trail import Actor
from foundation.vault import Subject
from notifications import outbox
from notifications.channel_names import Channel
from notifications.channels import post
from notifications.plans import actions as plans
from notifications.plans.models import Touchpoint


@transaction.atomic
def done_by_hand(
    touchpoint: Touchpoint, *, channel: str, people: Collection[UUID], by: Actor, at: datetime, note: str = ""
) -> None:
    """
    Write down that somebody rang, went there or posted a letter. It counts as each person's one copy.

    :param people: subjects who were reached.
    :raises moves.Refused: if it was stopped, done or sent before, has reached one of them by another
        way, or is not the actor's to do.
    """
    if channel == Channel.LETTER:
        post.posted(touchpoint, by=by, at=at, note=note, of=people)
        return
    plans.done(touchpoint, by=by, at=at, channel=channel)
    for subject in Subject.objects.filter(pk__in=people).order_by("pk"):
        written = outbox.record_by_hand(
            touchpoint=touchpoint, subject=subject, channel=channel, by=by, at=at, note=note
        )
        if written is None:
            raise moves.Refused([_("This person was reached already, by another way.")], move="do")


@transaction.atomic
def posted(letters: Sequence[post.Letter], *, by: Actor, at: datetime) -> int:
    """Write down that the letters of a run were brought to the post, all of them or none."""
    for letter in sorted(letters, key=lambda one: str(one.touchpoint.plan_id)):
        of = [person.subject.pk for person in letter.of]
        post.posted(letter.touchpoint, by=by, at=at, of=of)
    return len(letters)
