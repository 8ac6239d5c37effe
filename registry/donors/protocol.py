"""
The contact protocol: nobody is out of contact before every number was tried in every round.

A round is one day for one number; two rounds lie some days apart, so that another weekday is
tried. What was tried before a number changed, or before the donor was reached, counts for nothing.
Source: design/domain.md section 2, `lose`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from foundation.moves import Move
    from registry.donors.models import Call, Contact, Donor

DONOR: Final = "donor"
LEFT: Final = "left"  # a number that somebody left: "left", "left2", "left3"
REACHED: Final = "REACHED"
WRONG: Final = frozenset({"NO_SUCH_NUMBER", "NOT_THE_PERSON"})
NOT_A_TRY: Final = frozenset({"LATER"})  # somebody answered, and named another hour


@dataclass(frozen=True, slots=True)
class Round:
    """One try that counts: its day and how it ended."""

    on: date
    result: str
    words: str | Promise


@dataclass(slots=True)
class Line:
    """One number, and the rounds made to it."""

    number: str  # "donor", or the contact's place
    whose: str | Promise
    wrong_on: date | None = None
    rounds: list[Round] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether every round was made."""
        return len(self.rounds) >= settings.LOST_ROUNDS

    @property
    def cells(self) -> list[Round | None]:
        """The rounds of the grid, those still missing as None."""
        return [*self.rounds, *[None] * (settings.LOST_ROUNDS - len(self.rounds))]

    @property
    def next_on(self) -> date | None:
        """The first day on which the next round may be made; None where it is now or never."""
        if self.is_done or not self.rounds:
            return None
        return self.rounds[-1].on + timedelta(days=settings.LOST_ROUND_DAYS)

    def waits(self, today: date) -> bool:
        """Return whether this number is to be rung today."""
        return not self.is_done and (self.next_on is None or self.next_on <= today)


@dataclass(frozen=True, slots=True)
class Protocol:
    """Every number of a donor with its rounds; ``today`` is for the words alone."""

    lines: Sequence[Line]
    today: date | None = None

    @property
    def is_done(self) -> bool:
        """Whether every number was tried in every round; never where there is no number at all."""
        return bool(self.lines) and all(line.is_done for line in self.lines)

    @property
    def heads(self) -> range:
        """The numbers of the rounds, for the head of the grid."""
        return range(1, settings.LOST_ROUNDS + 1)

    def to_ring(self, today: date) -> list[str]:
        """Return the numbers that are to be rung today, the donor's first."""
        return [line.number for line in self.lines if line.waits(today)]

    def next_on(self, today: date) -> date | None:
        """Return the next day on which a number is to be rung; None where the protocol is done."""
        days = [line.next_on or today for line in self.lines if not line.is_done]
        return max(min(days), today) if days else None

    @property
    def missing(self) -> list[str]:
        """Say number by number what is still to be tried."""
        if not self.lines:
            return [_("No number is known that could be tried.")]
        return [_line_words(line, self.today) for line in self.lines if not line.is_done]


def of(donor: Donor, *, today: date | None = None) -> Protocol:
    """Return the protocol of one donor, in two queries."""
    contacts = list(donor.contacts.order_by("order"))
    return _built(donor, contacts, donor.calls.standing().order_by("at", "id"), today)


def of_all(donors: Sequence[Donor], *, today: date) -> list[Protocol]:
    """Return the protocols of some donors, in order; their contacts and calls were fetched before."""
    return [
        _built(
            donor,
            sorted(donor.contacts.all(), key=lambda contact: contact.order),
            sorted((c for c in donor.calls.all() if c.undone_at is None), key=lambda c: (c.at, c.pk)),
            today,
        )
        for donor in donors
    ]


def is_done(move: Move[Donor]) -> bool:
    """Return whether every number, those of the contacts too, was tried in every round."""
    return of(move.object).is_done


def _built(donor: Donor, contacts: Iterable[Contact], calls: Iterable[Call], today: date | None) -> Protocol:
    made = list(calls)
    reached = max((c.at for c in made if _reached_the_donor(c)), default=None)
    lines = []
    if donor.phone_index is not None:  # a record taken over may have no number
        lines.append(_line(DONOR, _("The volunteer"), donor, made, reached))
    lines += [
        _line(str(contact.order), contact.get_relation_display(), contact, made, reached)
        for contact in contacts
        if contact.phone is not None
    ]
    return Protocol(lines, today)


def _reached_the_donor(call: Call) -> bool:
    return call.result == REACHED and not call.number.isdecimal()


def _line(
    number: str, whose: str | Promise, owner: Any, calls: Iterable[Call], reached: datetime | None
) -> Line:
    line = Line(number, whose, owner.phone_wrong_on)
    since = max((moment for moment in (reached, owner.phone_since) if moment), default=None)
    for call in calls:
        if call.number != number or call.result in NOT_A_TRY or (since and call.at <= since):
            continue
        on = timezone.localdate(call.at)
        if line.waits(on):
            line.rounds.append(Round(on, call.result, call.get_result_display()))
    return line


def _line_words(line: Line, today: date | None) -> str:
    left = settings.LOST_ROUNDS - len(line.rounds)
    words = ngettext("%(whose)s: %(n)d round is missing", "%(whose)s: %(n)d rounds are missing", left)
    words %= {"whose": line.whose, "n": left}
    if line.next_on is None or (today and line.next_on <= today):
        return words
    return _("%(words)s, the next from %(day)s on") % {"words": words, "day": f"{line.next_on:%Y-%m-%d}"}
