"""What a person has still to tell households that no machine writes to: by telephone, or by letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from foundation import vault
from foundation.access import Branch
from notifications import recipients, wordings
from notifications.channel_names import BY_A_PERSON, Channel
from notifications.events.models import Event, Invitation, Kind
from notifications.recipients import Recipient
from notifications.wordings import FieldMissing, NoWording, Rendered

WORDS: Final = {
    Kind.EVENT: "event.invitation",
    Kind.CHANGED: "event.changed",
    Kind.THANKS: "event.thanks",
}


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
    def language(self) -> str:
        """In which language they are spoken to."""
        return self.to.language


def kind_of(event: Event, *, at: datetime) -> Kind | None:
    """Return what there is to tell of an event now; nothing between its beginning and the thanks."""
    if event.called_off_at is not None:
        return Kind.CHANGED
    if event.thanked_at is not None:
        return Kind.THANKS
    return Kind.EVENT if event.starts_at > at else None


def waiting(event: Event, *, at: datetime) -> QuerySet[Invitation]:
    """Return the invitations whose household a person has still to tell."""
    kind = kind_of(event, at=at)
    if kind is None:
        return Invitation.objects.none()
    left = event.invitations.filter(channel__in=BY_A_PERSON).exclude(tellings__kind=kind)
    if kind == Kind.CHANGED:
        return left.filter(people__gt=0)
    return left.filter(attended__gt=0) if kind == Kind.THANKS else left


def opened(invitation: Invitation, *, at: datetime) -> Told | None:
    """Return who is to be told, where and in which words; None where nobody is there any more."""
    to = recipients.of([invitation.subject_id]).get(invitation.subject_id)
    kind = kind_of(invitation.event, at=at)
    if to is None or kind is None:
        return None
    against = recipients.stands_against(to, invitation.channel)
    lines = "" if against else recipients.address(to, invitation.channel) or ""
    return Told(
        to,
        invitation.channel,
        against,
        _name(to),
        tuple(line.strip() for line in lines.splitlines() if line.strip()),
        None if against else _words(invitation, to, kind, at=at),
    )


def fields(event: Event) -> dict[str, Any]:
    """Return the merge fields that words about an event may use."""
    here = timezone.localtime(event.starts_at)
    return {
        "event_name": event.name,
        "event_date": here.date().isoformat(),
        "event_time": f"{here:%H:%M}",
        "event_place": event.place,
        "on_date": here.date().isoformat(),
    }


def _words(invitation: Invitation, to: Recipient, kind: Kind, *, at: datetime) -> Rendered | None:
    """Write the words of the way; a letter that has none is rung, by the words of a call."""
    for channel in dict.fromkeys((invitation.channel, Channel.CALL)):
        try:
            return wordings.render(WORDS[kind], channel, to, fields(invitation.event), at=at)
        except (NoWording, FieldMissing):
            continue
    return None


def _name(to: Recipient) -> str:
    row = to.donor or to.member
    found = vault.open_one(row, "name")["name"] if row is not None else None
    return found if isinstance(found, str) else ""
