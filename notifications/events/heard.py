"""
How far words about an event have come with each household: by a machine, by a person, or not at all.

What there is to tell follows from the event, the answer, and what was heard before. It is asked for the
pages, when words are queued, and once more when they are sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from foundation import calendar
from notifications import recipients
from notifications.channel_names import BY_MACHINE
from notifications.events.models import Event, Invitation, Kind, Telling
from notifications.message_states import QUEUED, REACHED, MessageState
from notifications.outbox import Message
from notifications.recipients import Recipient, against, contact

NEWS: Final = (Kind.CHANGED, Kind.OFF, Kind.REMINDER)  # of no use to anybody when they come late
DECLINED: Final = (Kind.EVENT, Kind.CHANGED, Kind.REMINDER)  # no machine says these past a no to events
_WAY_CLOSED: Final = frozenset({contact.STOPPED, contact.BROKEN, "no_consent"})  # to machines alone
_OF_THEM: Final = frozenset({"dead", "gone", "erased", "no_more"})  # who was invited; the household goes on
_ONCE_A_MOVE: Final = (Kind.CHANGED, Kind.REMINDER)
_GOING: Final = (*QUEUED, MessageState.SENDING, MessageState.SENT)
_ITS_HOUR: Final = frozenset({"quiet_hours", "silent_day"})  # why a message waits that lacks nothing
_PATIENCE: Final = timedelta(hours=1)  # with a line of ours that is down [D]
_DAY_BEFORE: Final = timedelta(days=1)
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one household heard of an event: the newest message of each kind, and when a person told them."""

    invitation: Invitation
    messages: Mapping[Kind, Message]
    told: Mapping[Kind, datetime]
    has_others: bool = False  # of the household, to be told where who was invited cannot be

    @property
    def event(self) -> Event:
        """What they are invited to."""
        return self.invitation.event

    @property
    def is_invited(self) -> bool:
        """Whether they know of the invitation, or hear of it in a moment."""
        message = self.messages.get(Kind.EVENT)
        return self._knows or (message is not None and message.state in QUEUED)

    @property
    def _knows(self) -> bool:
        """Whether they know of the event; who answered does, however they heard of it."""
        return self.has(Kind.EVENT) or self.invitation.people is not None

    def has(self, kind: Kind) -> bool:
        """Return whether words of a kind reached them, or may have."""
        message = self.messages.get(kind)
        return kind in self.told or (message is not None and message.state in REACHED)

    def kind(self, *, at: datetime) -> Kind | None:
        """Return what they are to know now, whether or not they heard it; None where that is nothing."""
        event = self.event
        if event.called_off_at is not None:
            return Kind.OFF if self._may_come() and event.starts_at > at else None
        if event.thanked_at is not None:
            return Kind.THANKS if self.invitation.attended else None
        if event.starts_at <= at:
            return None
        return self._to_come(at=at)

    def is_for_a_person(self, *, at: datetime) -> bool:
        """Return whether somebody has still to ring or to write, because no machine does or could."""
        kind = self.kind(at=at)
        if kind is None or self.has(kind):
            return False
        message = self.messages.get(kind)
        if message is None:
            return self._is_a_person_s_without_message(kind, at=at)
        if message.state == MessageState.HELD:
            return kind in NEWS or message.why == "before_hundred"
        if message.state == MessageState.CANCELLED:
            return self._is_a_person_s_though_cancelled(kind, message)
        if message.state == MessageState.FAILED:
            return True
        return kind in NEWS and (self._comes_too_late(message) or self._is_stuck(message, at=at))

    def _is_a_person_s_without_message(self, kind: Kind, *, at: datetime) -> bool:
        """Where no machine speaks to them, as to who declined events; a reminder no night queued, too."""
        if self.invitation.channel not in BY_MACHINE or self._declined:
            return True
        day_before = calendar.day_of(self.event.starts_at) - _DAY_BEFORE
        hour = calendar.at(day_before, time(settings.EVENT_REMINDED_AT))
        return kind == Kind.REMINDER and at > hour + _PATIENCE

    def _is_a_person_s_though_cancelled(self, kind: Kind, message: Message) -> bool:
        """Where a way was closed to machines alone, or another of the household can be told."""
        if message.why in _OF_THEM:
            return self.has_others
        return kind in NEWS and (message.why in _WAY_CLOSED or (self._declined and kind == Kind.CHANGED))

    def is_past_a_no(self, kind: Kind) -> bool:
        """Return whether they declined events, and this is none of what they must know all the same."""
        return self._declined and kind in DECLINED

    @property
    def _declined(self) -> bool:
        return self.invitation.family.events_declined_at is not None

    def unsent(self, *, at: datetime) -> Message | None:
        """Return the message of what they are to know now, where it did not leave, or nobody can tell."""
        kind = self.kind(at=at) or Kind.EVENT
        message = self.messages.get(kind)
        if message is None or (kind in NEWS and self._is_stuck(message, at=at)):
            return message
        return None if message.state in _GOING else message

    def last(self) -> datetime:
        """Return when they last heard of the event, or said something; long ago where they never did."""
        return max(self.invitation.answered_at or _LONG_AGO, *(self._last(kind) for kind in Kind))

    def _comes_too_late(self, message: Message) -> bool:
        """Return whether a message waits for the morning, and the event has begun by then."""
        waits = message.state == MessageState.DUE
        return waits and (message.not_before or message.due_at) >= self.event.starts_at

    def _is_stuck(self, message: Message, *, at: datetime) -> bool:
        """Return whether a message was tried for an hour, or waits in the last day, for what we mend."""
        if message.state not in QUEUED or message.why in {"", *_ITS_HOUR}:
            return False
        tried = message.attempts > 0 and at - message.due_at > _PATIENCE
        return tried or self.event.starts_at - at < _DAY_BEFORE

    def _may_come(self) -> bool:
        """Who was invited may stand at the gate without having answered: no answer was asked for."""
        coming = self.invitation.people
        return bool(coming) if self._declined else self._knows and coming != 0

    def _to_come(self, *, at: datetime) -> Kind | None:
        if self._declined:  # who said yes before that must not come on a wrong day
            return Kind.CHANGED if self.invitation.people and not self._knows_the_day() else None
        if not self._knows:
            return Kind.EVENT
        if not self._knows_the_day():
            if self._invitation_is_to_come():
                return Kind.EVENT
            return Kind.CHANGED if self.invitation.people != 0 else None
        before = calendar.day_of(self.event.starts_at) - _DAY_BEFORE
        if self.invitation.people and calendar.day_of(at) >= before and not self._spoke_since(before):
            return Kind.REMINDER
        return Kind.CHANGED if self.has(Kind.CHANGED) else Kind.EVENT

    def _knows_the_day(self) -> bool:
        """
        Return whether they heard of the day and place that the event has now.

        An answer proves nothing: it may be written down long after it was said. Who answers by a page
        that showed the new day counts as told.
        """
        moved_at = self.event.moved_at
        return moved_at is None or self.has(Kind.CHANGED) or self._last(Kind.EVENT) > moved_at

    def _invitation_is_to_come(self) -> bool:
        """Return whether who answered before they were invited still is: it says the day as it is by then."""
        if self.has(Kind.EVENT) or self.invitation.people == 0:
            return False
        message = self.messages.get(Kind.EVENT)
        if message is None:
            return self.invitation.channel not in BY_MACHINE
        return message.state != MessageState.CANCELLED

    def _spoke_since(self, day: date) -> bool:
        """Return whether they heard or said something so lately that nobody need remind them."""
        heard_at = max(self._last(Kind.EVENT), self._last(Kind.CHANGED))
        return max(heard_at, self.invitation.answered_at or heard_at) >= calendar.start_of(day)

    def _last(self, kind: Kind) -> datetime:
        """Return when words of a kind reached them; long ago where they did not."""
        moments = [self.told.get(kind)]
        if (message := self.messages.get(kind)) and message.state in REACHED:
            moments.append(message.begun_at or message.sent_at)
        return max((moment for moment in moments if moment), default=_LONG_AGO)


def of(invitations: Iterable[Invitation]) -> list[Heard]:
    """Return what each of these households heard, in their order; as many queries as for one."""
    rows = list(invitations)
    names = {occasion(one, kind): kind for one in rows for kind in Kind}
    people = {one.subject_id for one in rows}
    messages: dict[UUID, dict[Kind, Message]] = {}
    for message in Message.objects.filter(subject__in=people, touchpoint=None).order_by("pk"):
        if kind := names.get(message.occasion):
            messages.setdefault(_invitation(message), {})[kind] = message
    told = _told(rows)
    return [_heard(one, messages.get(one.pk, {}), told.get(one.pk, {})) for one in rows]


def _heard(one: Invitation, messages: Mapping[Kind, Message], told: Mapping[Kind, datetime]) -> Heard:
    lost = any(m.state == MessageState.CANCELLED and m.why in _OF_THEM for m in messages.values())
    return Heard(one, messages, told, has_others=lost and bool(others(one)))


def others(invitation: Invitation) -> list[Recipient]:
    """Return who else of a household may hear of an event, in the order in which they are asked."""
    household = recipients.of_family(invitation.family)
    return [
        one for one in household if one.subject.pk != invitation.subject_id and not against.of_the_person(one)
    ]


def of_event(event: Event) -> list[Heard]:
    """Return what every invited household heard of an event."""
    return of(event.invitations.select_related("event", "family", "subject").order_by("pk"))


def messages_of(heard: Iterable[Heard], kinds: Collection[Kind]) -> list[Message]:
    """Return the messages of some kinds that were surely not handed over, and may yet be."""
    found = (message for one in heard for kind, message in one.messages.items() if kind in kinds)
    return [message for message in found if message.state in (*QUEUED, MessageState.HELD)]


def occasion(invitation: Invitation, kind: Kind) -> str:
    """Return what makes a message one of its kind: another day is told, and reminded of, once a move."""
    moved_at = invitation.event.moved_at
    again = f":{moved_at:%y%m%d%H%M%S%f}" if moved_at and kind in _ONCE_A_MOVE else ""
    return f"{kind.value}:{invitation.pk}{again}"


def kind_of(message: Message) -> Kind | None:
    """Return of which kind a message is; None where it is about no event."""
    kind = message.occasion.partition(":")[0]
    return Kind(kind) if message.touchpoint_id is None and kind in Kind.values else None


def of_message(message: Message) -> Heard | None:
    """Return what the household of a message about an event heard; None where there is no invitation."""
    rows = Invitation.objects.select_related("event", "family__giver").filter(
        pk=_invitation(message), subject=message.subject_id
    )
    return next(iter(of(rows)), None)


def invitation_in(matter: str) -> UUID:
    """
    Return the id in an occasion, or in what a link is about.

    :raises ValueError: if there is none.
    """
    return UUID(matter.partition(":")[2].partition(":")[0])


def _invitation(message: Message) -> UUID:
    return invitation_in(message.occasion)


def _told(rows: Iterable[Invitation]) -> dict[UUID, dict[Kind, datetime]]:
    """Return when a person told each of them what; of a day that is another now, nothing."""
    by_id = {one.pk: one for one in rows}
    found: dict[UUID, dict[Kind, datetime]] = {}
    tellings = Telling.objects.filter(invitation__in=list(by_id))
    for pk, kind, told_at in tellings.values_list("invitation", "kind", "told_at"):
        moved_at = by_id[pk].event.moved_at
        if kind not in _ONCE_A_MOVE or moved_at is None or told_at >= moved_at:
            found.setdefault(pk, {})[Kind(kind)] = told_at
    return found
