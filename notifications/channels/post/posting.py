"""Write down that a letter was posted: it counts as the one copy of everybody whose letter it was."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves
from foundation.trail import Actor
from notifications import outbox
from notifications.channel_names import Channel
from notifications.channels.post.letters import Letter, letters_of
from notifications.channels.post.models import Paper
from notifications.channels.post.piles import papers_of
from notifications.plans import actions as plans
from notifications.plans import sendings
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState

_READ: Final = ("plan__family__giver", "plan__branch", "step")


class NotAsPrinted(moves.Refused):
    """Letters that cannot be written down as posted; ``wrong`` says why, by touchpoint."""

    def __init__(self, wrong: Mapping[UUID, str]) -> None:
        super().__init__(list(dict.fromkeys(wrong.values())), move="do")
        self.wrong = wrong


@transaction.atomic
def posted_as_printed(touchpoints: Sequence[Touchpoint], *, by: Actor, at: datetime) -> int:
    """
    Write down that printed letters were brought to the post, all of them or none, and return how many.

    Each is written down to the person who stands on its paper.

    :raises NotAsPrinted: if one is released no more, was never printed, or lies printed for another than
        who would get it now.
    :raises moves.Refused: if one is not the actor's to do.
    """
    plans.lock_everybody(*(one.plan for one in touchpoints))
    now = list(Touchpoint.objects.select_related(*_READ).filter(pk__in=[one.pk for one in touchpoints]))
    letters, papers = letters_of(now, at=at), papers_of(now)
    said = {one.touchpoint.pk: _against(one, papers.get(one.touchpoint.pk)) for one in letters}
    if wrong := {pk: sentence for pk, sentence in said.items() if sentence}:
        raise NotAsPrinted(wrong)
    for letter in sorted(letters, key=lambda one: str(one.touchpoint.plan_id)):
        of = [person.subject.pk for person in letter.of]
        posted(letter.touchpoint, by=by, at=at, of=of, address="\n".join(letter.address))
    return len(letters)


def _against(letter: Letter, paper: Paper | None) -> str:
    """Return what stands against writing a letter down as it lies printed, as a sentence; "" if nothing."""
    touchpoint = letter.touchpoint
    released = touchpoint.state == TouchpointState.APPROVED
    if not released or sendings.way_of(touchpoint) != Channel.LETTER:
        return _("This letter is no longer released: it was held, left out, posted or done in another way.")
    if paper is None:
        return _("This letter was never printed. Print it first.")
    if letter.to is None or letter.to.subject.pk != paper.subject_id:
        return _("This letter was printed for somebody else. Take that paper out, and do not post it.")
    return _("This letter cannot be printed now; what lies there is not to be posted.") if letter.why else ""


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
