"""The fields of a reminder, from the appointment as it stands when the words are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from django.utils import timezone

from foundation.vault import Capacity
from notifications.outbox import Message
from registry.drives.models import Appointment


def fill(message: Message, names: Iterable[str], *, at: datetime) -> Mapping[str, str]:
    """Return those of these fields that an appointment has; of anybody else's message, none."""
    if message.subject.capacity != Capacity.VISITOR:
        return {}
    asked = [name for name in names if name in _FIELDS]
    reads = ("drive__place", "drive__branch")
    found = Appointment.objects.filter(subject=message.subject_id).select_related(*reads).first()
    return {name: _FIELDS[name](found) for name in asked} if found else {}


def _day(one: Appointment) -> str:
    return timezone.localdate(one.starts_at).isoformat()


def _hour(one: Appointment) -> str:
    return f"{timezone.localtime(one.starts_at):%H:%M}"


def _place(one: Appointment) -> str:
    """Return the place of the drive; of an office, the branch it is."""
    place = one.drive.place
    if place is None:
        return one.drive.branch.name
    return f"{place.name}, {place.address}" if place.address else place.name


_FIELDS: Final[Mapping[str, Callable[[Appointment], str]]] = {
    "drive_name": lambda one: one.drive.name,
    "drive_date": _day,
    "drive_time": _hour,
    "drive_place": _place,
}
