"""Words about an event: what they say of it, and whom a person tells them by telephone or by letter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils import timezone

from foundation.access import Branch
from notifications import recipients, wordings
from notifications.channel_names import Channel
from notifications.events import heard
from notifications.events.heard import Heard
from notifications.events.models import Event, Invitation, Kind
from notifications.outbox import Message
from notifications.recipients import Recipient, against
from notifications.wordings import FieldMissing, NoWording, Rendered

WORDS: Final = {
    Kind.EVENT: "event.invitation",
    Kind.CHANGED: "event.changed",
    Kind.OFF: "event.called_off",
    Kind.REMINDER: "event.reminder",
    Kind.THANKS: "event.thanks",
}

FIELDS: Final = frozenset({"event_name", "event_date", "event_time", "event_place", "on_date"})


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who is to be told, opened for who tells them: by which way, where, in which words."""

    to: Recipient
    channel: str
    against: str  # why not, as a code of ``recipients.stands_against``
    name: str = field(repr=False)
    address: tuple[str, ...] = field(repr=False)
    rendered: Rendered | None = field(repr=False)

    @property
    def branch(self) -> Branch:
        """Whose word it is: its own name stands on a letter."""
        return self.to.branch

    @property
    def is_letter(self) -> bool:
        """Whether they are written to, and there is a letter to print."""
        return self.channel == Channel.LETTER and self.rendered is not None

    @property
    def language(self) -> str:
        """In which language they are spoken to."""
        return self.to.language


def waiting(event: Event, *, at: datetime) -> list[Heard]:
    """Return the households that a person has still to tell."""
    return [one for one in heard.of_event(event) if one.is_for_a_person(at=at)]


def opened(invitation: Invitation, kind: Kind, *, at: datetime) -> Told | None:
    """Return who is to be told, how, where and in which words; None where nobody is there any more."""
    to = _of_the_household(invitation)
    if to is None:
        return None
    against = {way: recipients.stands_against(to, way) for way in ways(invitation, kind)}
    way = next((way for way, why in against.items() if not why), next(iter(against)))
    rendered = None
    for open_way in (way for way, why in against.items() if not why):
        if rendered := _words(invitation, to, kind, open_way, at=at):
            way = open_way
            break
    lines = "" if against[way] else recipients.address(to, way) or ""
    address = tuple(line.strip() for line in lines.splitlines() if line.strip())
    return Told(to, way, against[way], recipients.name(to), address, rendered)


def _of_the_household(invitation: Invitation) -> Recipient | None:
    """Return who was invited; where they died, are gone, or hear no more, another who may be told."""
    to = recipients.of([invitation.subject_id]).get(invitation.subject_id)
    if to is not None and not against.of_the_person(to):
        return to
    return next(iter(heard.others(invitation)), to)


def ways(invitation: Invitation, kind: Kind) -> tuple[str, ...]:
    """Return by which ways a person tells them, in their order: what cannot wait is rung first."""
    if kind not in heard.NEWS and invitation.channel == Channel.LETTER:
        return (Channel.LETTER, Channel.CALL)
    return (Channel.CALL, Channel.LETTER)


def fill(message: Message, names: Collection[str], *, at: datetime) -> dict[str, str]:
    """Return the merge fields of a message about an event, as the event stands when it is sent."""
    if heard.kind_of(message) is None or not any(name in FIELDS for name in names):
        return {}
    event = Event.objects.filter(invitations=heard.invitation_in(message.occasion)).first()
    return fields(event) if event else {}


def fields(event: Event) -> dict[str, str]:
    """Return the merge fields that words about an event may use."""
    here = timezone.localtime(event.starts_at)
    return {
        "event_name": event.name,
        "event_date": here.date().isoformat(),
        "event_time": f"{here:%H:%M}",
        "event_place": event.place,
        "on_date": here.date().isoformat(),
    }


def _words(invitation: Invitation, to: Recipient, kind: Kind, way: str, *, at: datetime) -> Rendered | None:
    try:
        return wordings.render(WORDS[kind], way, to, fields(invitation.event), at=at)
    except (NoWording, FieldMissing):
        return None
