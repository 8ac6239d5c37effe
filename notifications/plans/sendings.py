"""To whom a released touchpoint goes, and by which way: the first that works for each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from foundation import calendar
from notifications import recipients
from notifications.channel_names import BY_A_PERSON
from notifications.message_states import REACHED, REACHED_ALREADY, REACHED_NOBODY, MessageState
from notifications.plans import facts, sharing
from notifications.plans.models import Touchpoint
from notifications.plans.whys import FELL_AWAY
from notifications.programmes import conditions
from notifications.programmes.planning import Silence
from notifications.recipients import Recipient

LONGEST_SILENCE: Final = 60  # days one after the other that are looked through [D]


@dataclass(frozen=True, slots=True)
class Sending:
    """One copy of a touchpoint: for whom, by which way, not before when."""

    recipient: Recipient
    channel: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Reached:
    """By which way and when a touchpoint reached somebody; not ``surely`` where nobody can tell."""

    channel: str
    at: datetime | None
    surely: bool


def people_of(touchpoint: Touchpoint) -> list[Recipient]:
    """Return for whom a touchpoint is: the household's members who want to hear, or the donor."""
    plan = touchpoint.plan
    if plan.family_id and plan.family:
        return _meant(touchpoint, recipients.of_family(plan.family))
    return list(recipients.of([plan.subject_id]).values()) if plan.subject_id else []


def people_of_many(
    touchpoints: Iterable[Touchpoint], *, reading: Sequence[str] = ()
) -> dict[UUID, list[Recipient]]:
    """
    Return by touchpoint for whom it is: as many queries as for one.

    :param reading: what else is read with them; see ``recipients.of_families``.
    """
    asked = list(touchpoints)
    plans = [touchpoint.plan for touchpoint in asked]
    households = {plan.family_id for plan in plans if plan.family_id}
    of_family = recipients.of_families(households, reading=reading)
    donors = recipients.of([plan.subject_id for plan in plans if plan.subject_id])
    of_plan = of_family | {pk: [donor] for pk, donor in donors.items()}
    found: dict[UUID, list[Recipient]] = {}
    for one in asked:
        kept_for = one.plan.family_id or one.plan.subject_id
        found[one.pk] = _meant(one, of_plan.get(kept_for, []) if kept_for else [])
    return found


def _meant(touchpoint: Touchpoint, people: Iterable[Recipient]) -> list[Recipient]:
    """Keep those whom a step is for: 重阳 is the day of elderly parents, not of the whole household."""
    keys, day = touchpoint.step.conditions, touchpoint.on_date
    return [one for one in people if one.member is None or conditions.concern(keys, one.member, day)]


def reached(touchpoint: Touchpoint) -> dict[UUID, Reached]:
    """Return whom a touchpoint has reached, or may have, by subject: nobody gets it twice."""
    return reached_by([touchpoint]).get(touchpoint.pk, {})


def reached_by(touchpoints: Iterable[Touchpoint]) -> dict[UUID, dict[UUID, Reached]]:
    """
    Return by touchpoint, and by subject, whom each has reached, or may have: as many queries as for one.

    But for who was left out because another household's copy had reached them: that is asked one by one.
    """
    asked = list(touchpoints)
    left_out = Q(messages__state=MessageState.CANCELLED, messages__why=REACHED_ALREADY)
    messages = Touchpoint.objects.filter(
        Q(messages__state__in=REACHED) | left_out, pk__in=[one.pk for one in asked]
    )
    cells = [
        f"messages__{name}" for name in ("subject", "channel", "state", "sent_at", "begun_at", "settled_at")
    ]
    found: dict[UUID, dict[UUID, Reached]] = {}
    beside: dict[UUID, dict[UUID, Reached]] = {}
    for pk, subject, channel, state, sent_at, begun_at, settled_at in messages.values_list("pk", *cells):
        if state in REACHED:
            had = Reached(channel, sent_at or begun_at, state == MessageState.SENT)
            found.setdefault(pk, {})[subject] = had
        else:
            beside.setdefault(pk, {})[subject] = Reached(channel, settled_at, surely=False)
    for pk, others in sharing.had_with(_without_a_copy(asked, found)).items():
        found[pk] |= others
    known = {one.pk: _reached(one, found.get(one.pk, {}), beside.get(one.pk, {})) for one in asked}
    return {pk: had for pk, had in known.items() if had}


def _reached(
    touchpoint: Touchpoint, had: dict[UUID, Reached], beside: Mapping[UUID, Reached]
) -> dict[UUID, Reached]:
    """Add whom the copy of another household reached."""
    known = had
    left = {subject: one for subject, one in beside.items() if subject not in known}
    people = recipients.of(left) if left else {}
    for subject, one in left.items():
        states = (
            sharing.copies_at_address(touchpoint, people[subject], one.channel) if subject in people else ()
        )
        if states:
            known = {**known, subject: replace(one, surely=MessageState.SENT in states)}
    return known


def _without_a_copy(
    touchpoints: Iterable[Touchpoint], had: Mapping[UUID, dict[UUID, Reached]]
) -> list[sharing.Case[Reached]]:
    """Return who may share the telephone or the mailbox that a machine sent a copy to, by touchpoint."""
    asked = [one for one in touchpoints if one.plan.family_id and _by_machine(had.get(one.pk, {}))]
    meant = people_of_many(asked) if asked else {}
    return [
        sharing.Case(one, had[one.pk], [who for who in meant[one.pk] if who.subject.pk not in had[one.pk]])
        for one in asked
    ]


def _by_machine(had: Mapping[UUID, Reached]) -> bool:
    return any(one.channel not in BY_A_PERSON for one in had.values())


def still_to_reach(touchpoint: Touchpoint) -> list[Recipient]:
    """Return whom of its people a touchpoint has not reached, as far as its messages tell."""
    known = reached(touchpoint)
    return [one for one in people_of(touchpoint) if one.subject.pk not in known]


def reached_all(touchpoint: Touchpoint) -> bool:
    """Return whether a touchpoint has reached everybody of its people: there is nothing left to do."""
    return bool(reached(touchpoint)) and not still_to_reach(touchpoint)


def surely_reached_all(touchpoint: Touchpoint) -> bool:
    """Return whether a touchpoint has reached everybody of its people, and nobody doubts it."""
    known = reached(touchpoint)
    sure = {subject for subject, one in known.items() if one.surely}
    return bool(sure) and all(one.subject.pk in sure for one in people_of(touchpoint))


def of_touchpoint(
    touchpoint: Touchpoint, *, at: datetime, tried: Mapping[UUID, Collection[str]] | None = None
) -> list[Sending]:
    """
    Return the copies of a touchpoint, at most one a person; none where a person does it by hand.

    Who shares a telephone or a mailbox with somebody before them has none of their own; who fell away once
    stands before nobody, since their copy is not made again.
    What stands against each way is asked now, and again when it is sent.

    :param tried: by which ways not to try somebody, by subject.
    """
    if is_by_a_person(touchpoint):
        return []
    ways = ways_of(touchpoint)
    silent = _silent_days(touchpoint)
    fell_away = touchpoint.messages.filter(state=MessageState.CANCELLED, why__in=FELL_AWAY)
    gone = set(fell_away.values_list("subject", flat=True))
    left = [one for one in still_to_reach(touchpoint) if one.subject.pk not in gone]
    not_by = tried or {}
    found = [(one, way) for one in left if (way := way_to(one, ways, tried=not_by.get(one.subject.pk, ())))]
    shared = sharing.with_whom(found)
    mine = ((one, way) for one, way in found if one.subject.pk not in shared)
    return [Sending(one, way, leaves_at(touchpoint, one, silent, at=at)) for one, way in mine]


def shared(touchpoint: Touchpoint, people: Iterable[Recipient]) -> dict[UUID, Recipient]:
    """Return who of these will have no copy of their own, by subject, and whose copy is theirs too."""
    if is_by_a_person(touchpoint):
        return {}
    ways = ways_of(touchpoint)
    return sharing.with_whom((one, way) for one in people if (way := way_to(one, ways)))


def ways_of(touchpoint: Touchpoint) -> list[str]:
    """Return the ways of a touchpoint in their order: a chosen one alone, else those of its step."""
    return [touchpoint.channel] if touchpoint.channel else [str(way) for way in touchpoint.step.channels]


def way_to(recipient: Recipient, ways: Collection[str], *, tried: Collection[str] = ()) -> str:
    """Return the first machine's way that is open to somebody and was not tried yet; "" where none is."""
    machines = (way for way in ways if way not in BY_A_PERSON and way not in tried)
    return next((way for way in machines if not recipients.stands_against(recipient, way)), "")


def next_way(touchpoint: Touchpoint, recipient: Recipient, *, ways: Collection[str] = ()) -> str:
    """
    Return by which way to try somebody whom the ways so far failed to reach; "" where none is left.

    None is where the household has a copy at their address by that way, or had one there that failed.

    :param ways: in their order; without it, those of the step.
    """
    not_by = tried(touchpoint, recipient)
    way = way_to(recipient, ways or touchpoint.step.channels, tried=not_by)
    others = touchpoint.messages.filter(channel=way).exclude(state__in=REACHED_NOBODY)
    theirs = set(others.exclude(subject=recipient.subject).values_list("subject", flat=True))
    people = recipients.of(theirs).values() if theirs else ()
    shared = sharing.with_whom((one, way) for one in (*people, recipient))
    return "" if recipient.subject.pk in shared else way


def left_out_for(touchpoint: Touchpoint, recipient: Recipient, way: str) -> list[Recipient]:
    """
    Return who has no copy of a touchpoint, since that of somebody at their address was to do for both.

    Where theirs was erased with them, nobody can tell any more who shared it: then all who have none.
    """
    have = set(touchpoint.messages.values_list("subject", flat=True))
    left = [one for one in still_to_reach(touchpoint) if one.subject.pk not in have]
    if recipient.subject.erased_at is not None:
        return left
    return [one for one in left if sharing.share(recipient, one, way)]


def tried(touchpoint: Touchpoint, recipient: Recipient) -> set[str]:
    """Return by which ways a touchpoint failed to reach the address of somebody, in whoever's name."""
    failed = touchpoint.messages.filter(state=MessageState.FAILED)
    ways = list(failed.values_list("subject", "channel").distinct())
    mine = {way for subject, way in ways if subject == recipient.subject.pk}
    others = [(subject, way) for subject, way in ways if way not in mine]
    people = recipients.of(pk for pk, _way in others)
    return mine | {way for pk, way in others if pk in people and sharing.share(people[pk], recipient, way)}


def is_by_a_person(touchpoint: Touchpoint) -> bool:
    """Return whether somebody rings, goes there or posts a letter, and says so."""
    return way_of(touchpoint) in BY_A_PERSON


def way_of(touchpoint: Touchpoint) -> str:
    """Return the chosen way of a touchpoint, else the first of its step; "" where it has none."""
    return next(iter(ways_of(touchpoint)), "")


def leaves_at(
    touchpoint: Touchpoint, recipient: Recipient, silent: Sequence[Silence] = (), *, at: datetime
) -> datetime:
    """
    Return from when a copy may leave: in the morning of its day where the recipient is.

    :param silent: days on which the family wants no word: it leaves in the morning after.
    """
    zone, hour = recipient.clock, time(settings.MESSAGES_LEAVE_AT)
    leaves = max(calendar.at(touchpoint.on_date, hour, zone), at)
    here = recipient.day_of(leaves)
    days = (here + timedelta(days=n) for n in range(LONGEST_SILENCE))
    free = next((day for day in days if not any(silence.holds_on(day) for silence in silent)), here)
    return leaves if free == here else calendar.at(free, hour, zone)


def _silent_days(touchpoint: Touchpoint) -> list[Silence]:
    """Return the days on which nothing of it leaves; about a rite, whose day it is, a person decides."""
    family = touchpoint.plan.family_id
    return [] if family is None or touchpoint.step.beats_gap else facts.silent_days([family])[family]
