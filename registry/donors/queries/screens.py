"""What one call shows: the numbers that may be rung, each with its script; opened only in one's hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation import vault
from registry.donors import ages, protocol, scripts
from registry.donors.actions import numbers
from registry.donors.models import CallKind, CallTask, Contact, Donor
from registry.donors.protocol import DONOR, Protocol
from registry.donors.queries.opening import contacts_of


@dataclass(frozen=True, slots=True)
class Line:
    """One number on the screen: whose it is, what to say there, and whether it is wrong."""

    key: str
    whose: str | Promise
    name: object
    phone: object
    script: scripts.Script
    wrong_on: date | None = None
    contact: Contact | None = None

    @property
    def is_contacts(self) -> bool:
        """Whether a relative or friend answers there."""
        return self.contact is not None


@dataclass(frozen=True, slots=True)
class Screen:
    """The numbers of one person, the one to begin with, and the rounds so far."""

    lines: Sequence[Line]
    first: str
    rounds: Protocol | None
    words: object  # what was left with a new number

    @property
    def choices(self) -> list[tuple[str, str | Promise]]:
        """The numbers as the form offers them."""
        return [(line.key, line.whose) for line in self.lines]


def screen_of(donor: Donor, *, kind: str, task: CallTask | None, today: date) -> Screen:
    """Return what a call to this donor shows, with the person's keys in one query each."""
    own = vault.open_one(donor, "name", "phone")
    language, branch = donor.subject.language, donor.service_branch.name
    ends_on = ages.said_to_end_on(donor.born_on, donor.age_notice_on, today=today)
    script = scripts.for_donor(kind, language=language, branch=branch, ends_on=ends_on)
    lines = [
        Line(f"left{n or ''}" if n == 0 else f"left{n + 1}", _("The number that was left"), own["name"], left,
             script)
        for n, left in enumerate(numbers.left_numbers(task) if task else [])
    ]  # fmt: skip
    lines.append(Line(DONOR, _("The volunteer"), own["name"], own["phone"], script, donor.phone_wrong_on))
    for known in contacts_of(donor):
        said = scripts.for_contact(known.contact, language=language, branch=branch)
        whose = known.contact.get_relation_display()
        lines.append(
            Line(
                str(known.contact.order), whose, known.name, known.phone, said, known.contact.phone_wrong_on,
                known.contact,
            )
        )  # fmt: skip
    rounds = protocol.of(donor) if kind == CallKind.OUT_OF_CONTACT else None
    told = vault.open_one(task, "words")["words"] if task else None
    return Screen(lines, _first(lines, rounds, today), rounds, told)


def _first(lines: Sequence[Line], rounds: Protocol | None, today: date) -> str:
    """Return the number to begin with: in rounds the next that waits, else the first on the screen."""
    waiting = rounds.to_ring(today) if rounds else []
    return waiting[0] if waiting else lines[0].key
