"""
Choose by which way a household is reached when something is released: the first open to somebody of it.

What failed is released anew by another way, and only to whom it has not reached.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from foundation import calendar
from notifications import recipients
from notifications.channel_names import BY_A_PERSON, Channel
from notifications.message_states import MessageState
from notifications.plans import quiet, sendings, sharing
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.plans.whys import GOES_ON_ANEW
from notifications.recipients import Recipient
from notifications.recipients.against import SCAN_MISSING
from notifications.recipients.words import in_words

TRIED: Final = "tried"  # it failed by this way, or by this person's copy nothing may be sent by a machine


@dataclass(frozen=True, slots=True)
class Choice:
    """
    By which way a touchpoint is released, and whom machines have tried how.

    ``way`` is written down with it; "" where the order of its step serves. ``against`` are the sentences
    why nobody can be reached, none where somebody can.
    """

    way: str
    against: Sequence[str] = ()
    tried: Mapping[UUID, Collection[str]] | None = None


def choose(touchpoint: Touchpoint, *, wanted: str, at: datetime) -> Choice:
    """
    Return by which way a touchpoint is released now.

    A volunteer's step has its ways from the programme: who is to be rung first of all has none open yet.

    :param wanted: the way that a person chose; without it, the one chosen before, else the first open.
    """
    anew = touchpoint.state == TouchpointState.FAILED
    wanted = wanted or ("" if anew else touchpoint.channel)
    if touchpoint.plan.family_id is None and not anew:
        return Choice(wanted)
    people = sendings.still_to_reach(touchpoint)
    tried = {one.subject.pk: tried_by(touchpoint, one) for one in people} if anew else {}
    ways = [wanted] if wanted else _ways_now(touchpoint, at=at)
    if not people or not ways:
        return Choice(wanted, tried=tried)  # the guards, and who releases it, say what is missing
    closed = []
    for way in ways:
        if not (why := _against_all(people, way, tried)):
            return Choice(way if wanted else _written(touchpoint, way, anew=anew), tried=tried)
        closed.append(_sentence(way, why))
    return Choice(wanted, [_("Nobody of this household can be reached by such a way now."), *closed], tried)


def untried(touchpoint: Touchpoint) -> list[str]:
    """Return by which ways of its step what failed may be released anew: not tried of all who are left."""
    left = [tried_by(touchpoint, one) for one in sendings.still_to_reach(touchpoint)]
    return [str(way) for way in touchpoint.step.channels if any(way not in tried for tried in left)]


def tried_by(touchpoint: Touchpoint, recipient: Recipient) -> set[str]:
    """
    Return by which ways a touchpoint failed to reach the address that somebody has now.

    No machine tries again whose copy was ended by a person: one that may have left goes twice only if two
    people agree.
    """
    failed = sendings.tried(touchpoint, recipient)
    ways = {way for way in failed if sharing.failed_at(touchpoint, recipient, way)}
    ended = touchpoint.messages.filter(subject=recipient.subject, state=MessageState.CANCELLED)
    if ended.exclude(why__in=GOES_ON_ANEW).exists():
        ways |= {str(way) for way in Channel if way not in BY_A_PERSON}
    return ways


def reader(
    people: Sequence[Recipient], against: Mapping[UUID, str], asked: Collection[UUID]
) -> Recipient | None:
    """
    Return to whom of a household a letter goes, or None: the first to whom nothing stands against it.

    Who was never asked has it only where nobody of them was: past somebody's word it goes to nobody else.
    """
    were_asked = [one for one in people if one.subject.pk in asked]
    return next((one for one in were_asked or people if not against[one.subject.pk]), None)


def why_nobody(people: Sequence[Recipient], against: Mapping[UUID, str]) -> str:
    """Return why a way is open to nobody, as a code: what is soonest mended, else what the first one said."""
    codes = [code for one in people if (code := against[one.subject.pk])]
    return next((code for code in codes if code == SCAN_MISSING), codes[0] if codes else "")


def _ways_now(touchpoint: Touchpoint, *, at: datetime) -> list[str]:
    """
    Return the ways of a step in their order. Before the hundredth day no machine stands in for a person.

    Where a machine comes first, the guard refuses it: a person chooses what to do instead.
    """
    ways = [str(way) for way in touchpoint.step.channels]
    day = max(touchpoint.on_date, calendar.day_of(at))
    if not ways or ways[0] not in BY_A_PERSON or not quiet.is_early(touchpoint.plan.family, day):
        return ways
    return [way for way in ways if way in BY_A_PERSON]


def _written(touchpoint: Touchpoint, way: str, *, anew: bool) -> str:
    """Return what is written down of a way that nobody chose: each is reached by the first machine's."""
    first = str(touchpoint.step.channels[0])
    both_by_machine = way not in BY_A_PERSON and first not in BY_A_PERSON
    return "" if both_by_machine or (way == first and not anew) else way


def _against_all(people: Sequence[Recipient], way: str, tried: Mapping[UUID, Collection[str]]) -> str:
    """Return why a way is open to nobody of a household, as a code; "" where it is open to somebody."""
    against: dict[UUID, str] = {}
    for one in people:
        pk = one.subject.pk
        against[pk] = TRIED if way in tried.get(pk, ()) else recipients.stands_against(one, way)
        if not against[pk] and way != Channel.LETTER:
            return ""
    if all(against.values()):
        return why_nobody(people, against)
    asked = recipients.were_asked(against)
    return "" if reader(people, against, asked) else why_nobody(people, against)


def _sentence(way: str, why: str) -> str:
    words = _("tried, and reached nobody") if why == TRIED else in_words(why)
    return _("%(way)s: %(why)s.") % {"way": Channel(way).label, "why": words}
