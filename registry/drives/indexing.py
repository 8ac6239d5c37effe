"""Make the blind indexes of appointments anew, when the index key changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from foundation import vault
from foundation.vault.indexed import Indexed, Rows, register
from foundation.vault.indexes import Blind
from registry.drives.models import Appointment


def answer_for_appointments() -> None:
    """Answer for the numbers of those who are reminded."""
    register(Indexed(_rows, of_appointments))


def of_appointments(appointments: Sequence[Appointment]) -> list[Mapping[str, Blind] | None]:
    """Return the number of each; None where it does not open."""
    return [
        {"phone_index": vault.index.phone(words["phone"])} if isinstance(words["phone"], str) else None
        for words in vault.open(appointments, ["phone"])
    ]


def _rows() -> Rows:
    return Appointment.objects.filter(phone_index__isnull=False)
