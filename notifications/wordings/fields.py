"""Which merge fields there are for whom, how each is found, and what stands there in a preview.

A field is found from the recipient's own records, or is given with the message as an id, a date, a
place or a link. One that is empty raises when a message is written: nothing is sent with a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation import vault
from notifications.wordings import invented, sandbox
from registry.donors import ages

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from foundation.access import Branch
    from registry.donors.models import Donor
    from registry.drives.models import Appointment
    from registry.families.models import Family, Member


class Addressee(Protocol):
    """Whom words are written to: `notifications.recipients.Recipient` is one."""

    @property
    def branch(self) -> Branch: ...
    @property
    def language(self) -> str: ...
    @property
    def donor(self) -> Donor | None: ...
    @property
    def member(self) -> Member | None: ...
    @property
    def appointment(self) -> Appointment | None: ...


class Kind(StrEnum):
    """How a value is written."""

    TEXT = "text"
    DATE = "date"  # given as 2027-04-05
    TIME = "time"  # given as 09:30
    NUMBER = "number"
    LINK = "link"


Find = Callable[[Addressee, datetime], str]


@dataclass(frozen=True, slots=True)
class Field:
    """One merge field. Without ``find`` its value comes with the message; such a value is no secret."""

    name: str
    label: StrPromise
    how: StrPromise
    find: Find | None = None
    kind: Kind = Kind.TEXT
    personal: bool = False

    def sample(self, language: str) -> str:
        """Return what stands there in a preview, of an invented family."""
        return _written(self.kind, invented.value(self.name, language), language)


def _opened(row: Any, name: str) -> str:
    value = vault.open_one(row, name)[name] if row is not None else None
    return value if isinstance(value, str) else ""


def _name(reader: Addressee, _at: datetime) -> str:
    return _opened(reader.donor or reader.member or reader.appointment, "name")


def _family(reader: Addressee) -> Family | None:
    return reader.member.family if reader.member else None


def _giver_name(reader: Addressee, _at: datetime) -> str:
    family = _family(reader)
    return _opened(family.giver, "name") if family else ""


def _officer(reader: Addressee, _at: datetime) -> str:
    family = _family(reader)
    return family.officer.name if family and family.officer else ""


def _ends_on(reader: Addressee, at: datetime) -> str:
    donor, today = reader.donor, timezone.localdate(at)
    ends = donor and ages.said_to_end_on(donor.born_on, donor.age_notice_on, today=today)
    return ends.isoformat() if ends else ""


_RECORD: Final = _("from the person's record")
_BRANCH: Final = _("from the branch")
_OCCASION: Final = _("from the occasion")
_LINK: Final = _("made for this one message, when it is sent")

_EVERYBODY: Final = (
    Field("branch_name", _("Name of the branch"), _BRANCH, lambda reader, _at: reader.branch.name),
    Field("branch_phone", _("Landline of the branch"), _BRANCH, lambda reader, _at: reader.branch.phone),
    Field(
        "today",
        _("Day on which it is written"),
        _("from the clock"),
        lambda _reader, at: timezone.localdate(at).isoformat(),
        kind=Kind.DATE,
    ),
    Field("on_date", _("Day of the occasion"), _OCCASION, kind=Kind.DATE),
)
_PERSON: Final = (
    *_EVERYBODY,
    Field("name", _("Name of who reads it"), _RECORD, _name, personal=True),
    Field("link_stop", _("Link: stop these messages"), _LINK, kind=Kind.LINK),
)
_ASKED: Final = Field("link_asked", _("Link: the one they asked for"), _LINK, kind=Kind.LINK)
_EVENT: Final = (
    Field("event_name", _("Name of the event"), _OCCASION),
    Field("event_date", _("Day of the event"), _OCCASION, kind=Kind.DATE),
    Field("event_time", _("Hour of the event"), _OCCASION, kind=Kind.TIME),
    Field("event_place", _("Place of the event"), _OCCASION),
    Field("link_event", _("Link: answer the invitation"), _LINK, kind=Kind.LINK),
)
_FAMILY: Final = (
    *_PERSON,
    Field(
        "giver_name",
        _("Name of the one who gave"),
        _("from the record of the one who gave"),
        _giver_name,
        personal=True,
    ),
    Field("officer_name", _("Name of the family's officer"), _("from the family's record"), _officer),
    Field(
        "helped_count",
        _("How many people were helped"),
        _("typed for one family that asked"),
        kind=Kind.NUMBER,
    ),
    Field("link_consents", _("Link: see what was agreed to"), _LINK, kind=Kind.LINK),
    _ASKED,
    *_EVENT,
)
_DONOR: Final = (
    *_PERSON,
    Field("ends_on", _("Day on which the register ends"), _RECORD, _ends_on, kind=Kind.DATE),
    *(
        Field(name, label, _LINK, kind=Kind.LINK)
        for name, label in (
            ("link_confirm", _("Link: confirm how you are reached")),
            ("link_phone", _("Link: change the phone number")),
            ("link_pause", _("Link: pause")),
            ("link_only_if_matched", _("Link: only call me if I match")),
            ("link_consents", _("Link: see what was agreed to")),
            ("link_withdraw", _("Link: withdraw")),
            ("link_questions", _("Link: questions after a donation")),
        )
    ),
    _ASKED,
    *_EVENT,
)
_DRIVE: Final = (
    *(field for field in _PERSON if field.name != "link_stop"),  # they answer T, or ring
    Field("drive_name", _("Name of the drive"), _OCCASION),
    Field("drive_date", _("Day of the drive"), _OCCASION, kind=Kind.DATE),
    Field("drive_time", _("Hour of the appointment"), _OCCASION, kind=Kind.TIME),
    Field("drive_place", _("Place of the drive"), _OCCASION),
)
_STAFF: Final = (
    *_EVERYBODY,
    Field("alarm_words", _("What has happened, without a name"), _("from the alarm")),
    Field("alarm_at", _("Hour of the alarm"), _("from the alarm"), kind=Kind.TIME),
    Field(
        "alarm_minutes",
        _("Minutes until the next person is called"),
        _("from the programme"),
        kind=Kind.NUMBER,
    ),
    Field("link_alarm", _("Link: the alarm, after signing in"), _LINK, kind=Kind.LINK),
)

KNOWN: Final[Mapping[str, Mapping[str, Field]]] = {
    audience: {field.name: field for field in fields}
    for audience, fields in {
        "FAMILY": _FAMILY,
        "DONOR": _DONOR,
        "DRIVE": _DRIVE,
        "STAFF": _STAFF,
    }.items()
}


def values(
    names: Iterable[str], audience: str, reader: Addressee, given: Mapping[str, Any], *, at: datetime
) -> tuple[dict[str, str], list[str]]:
    """
    Return the value of each field as it is written, and the names of those that have none.

    What is found in a record is never taken from ``given``.
    """
    found: dict[str, str] = {}
    missing = []
    for name in sorted(names):
        field = KNOWN[audience].get(name)
        raw = "" if field is None else field.find(reader, at) if field.find else str(given.get(name) or "")
        written = _written(field.kind, raw, reader.language) if field else ""
        found[name] = written
        if not written:
            missing.append(name)
    return found, missing


def samples(names: Iterable[str], audience: str, language: str) -> dict[str, str]:
    """Return what stands in a preview for each field; an unknown one stays as it was typed."""
    known = KNOWN.get(audience, {})
    return {name: known[name].sample(language) if name in known else f"{{{{ {name} }}}}" for name in names}


def _written(kind: Kind, raw: str, language: str) -> str:
    value = sandbox.one_line(raw)
    if kind is Kind.DATE:
        return _day(value, language)
    if kind is Kind.LINK:
        return value if value.startswith(("https://", "http://")) and " " not in value else ""
    if kind is Kind.NUMBER:
        return value if value.isdecimal() and int(value) else ""
    return value


_WEEKDAYS: Final = ("一", "二", "三", "四", "五", "六", "日")


def _day(value: str, language: str) -> str:
    """Return a day in the reader's words, weekday and all; nothing for what is no day."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return ""
    if language == "en":
        return f"{day:%A}, {day.day} {day:%B} {day.year}"
    week = "週" if language == "zh-hant" else "星期"
    return f"{day.year}年{day.month}月{day.day}日（{week}{_WEEKDAYS[day.weekday()]}）"
