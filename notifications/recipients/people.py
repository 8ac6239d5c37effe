"""A recipient, found by the subject's id in a fixed number of queries, and the address a channel needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from foundation import calendar, vault
from foundation.access import Branch
from foundation.vault import Capacity, SealedModel, Subject
from notifications.channel_names import Channel
from registry.donors.models import Donor
from registry.drives.models import Appointment
from registry.families.models import Member

Kind = Literal["donor", "relative", "visitor", "staff"]
AT_ONCE = 500  # ids in one question; SQLite takes 999 parameters at the least
# Which sealed column of a donor or a member holds the address of a channel.
COLUMNS: Final[dict[str, str]] = {
    Channel.CALL: "phone",
    Channel.SMS: "phone",
    Channel.EMAIL: "email",
    Channel.LETTER: "address",
    Channel.VISIT: "address",
    Channel.WECHAT: "wechat",
}
_READ: Final = {  # what belongs to a subject here, by capacity
    Capacity.DONOR: ("donor__service_branch",),
    Capacity.RELATIVE: ("member__family__branch",),
}
_ALONE: Final = {Capacity.VISITOR: ("appointment__drive__branch",)}  # few, and read one by one


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a message can go to. Nothing of them is opened here."""

    subject: Subject
    kind: Kind
    branch: Branch
    language: str
    zone: str
    donor: Donor | None = None
    member: Member | None = None
    appointment: Appointment | None = None

    @property
    def row(self) -> SealedModel | None:
        """What is kept of them in their capacity: their name stands there."""
        return self.donor or self.member or self.appointment

    @property
    def clock(self) -> ZoneInfo:
        """The zone they live by."""
        return ZoneInfo(self.zone)

    def day_of(self, moment: datetime) -> date:
        """Return the day that a moment belongs to where they are."""
        return calendar.day_of(moment, self.clock)


def of(subject_ids: Iterable[UUID]) -> dict[UUID, Recipient]:
    """Return the recipients of these subjects, by id; who is in no capacity to hear from us is left out."""
    ids = list(dict.fromkeys(subject_ids))
    found: dict[UUID, Recipient] = {}
    for start in range(0, len(ids), AT_ONCE):
        people = Subject.objects.filter(pk__in=ids[start : start + AT_ONCE])
        for subject in people.select_related(*sum(_READ.values(), ())):
            if recipient := of_subject(subject):
                found[subject.pk] = recipient
    return found


def name(recipient: Recipient) -> str:
    """Open what somebody is called; "" where nothing can be read."""
    opened = vault.open_one(recipient.row, "name")["name"] if recipient.row is not None else None
    return opened if isinstance(opened, str) else ""


def address(recipient: Recipient, channel: str) -> str | None:
    """Open the one field a channel needs: a number, an e-mail address, the lines of a letter; or None."""
    cell = sealed_address(recipient, channel)
    if cell is None:
        return None
    row, column = cell
    opened = vault.open_one(row, column)[column]
    return opened if isinstance(opened, str) and opened.strip() else None


def sealed_address(recipient: Recipient, channel: str) -> tuple[SealedModel, str] | None:
    """Return the row and the column that hold the address of a channel, unopened; None where none is."""
    column = COLUMNS[channel]
    known = (recipient.donor, recipient.member, recipient.appointment)
    rows: list[SealedModel] = [row for row in known if row is not None]
    if recipient.member is not None:
        rows.append(recipient.member.family)  # letters go to the household where a member has no address
    return next(((row, column) for row in rows if getattr(row, column, None) is not None), None)


def reads(capacity: str) -> tuple[str, ...]:
    """Return what is read with a subject of a capacity, so that ``of_subject`` asks nothing more."""
    return (_READ | _ALONE).get(Capacity(capacity), ())


def of_subject(subject: Subject) -> Recipient | None:
    """Return a subject as a recipient; None where nothing is known of them in their capacity."""
    donor = getattr(subject, "donor", None) if subject.capacity == Capacity.DONOR else None
    member = getattr(subject, "member", None) if subject.capacity == Capacity.RELATIVE else None
    if donor is not None:
        zone, branch = settings.TIME_ZONE, donor.service_branch
        return Recipient(subject, "donor", branch, subject.language, zone, donor=donor)
    if member is not None:
        branch = member.family.branch
        return Recipient(subject, "relative", branch, subject.language, member.time_zone, member=member)
    return _visitor(subject) if subject.capacity == Capacity.VISITOR else None


def _visitor(subject: Subject) -> Recipient | None:
    appointment = getattr(subject, "appointment", None)
    if appointment is None:
        return None
    branch, zone = appointment.drive.branch, settings.TIME_ZONE
    return Recipient(subject, "visitor", branch, subject.language, zone, appointment=appointment)
