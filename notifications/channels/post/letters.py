"""Write the letter of a touchpoint: one a household, to whom may be written to, at one address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from foundation import vault
from foundation.access import Branch
from foundation.vault.models import DataKey
from notifications import recipients, wordings
from notifications.channel_names import Channel
from notifications.plans import asked, sendings, ways
from notifications.plans.models import Touchpoint
from notifications.recipients import Recipient
from notifications.wordings import FieldMissing, Rendered
from notifications.wordings.models import WordingBody

NOBODY: Final = "nobody_to_write_to"
REACHED: Final = "already_reached"
NO_WORDING: Final = "no_wording"
FIELD_MISSING: Final = "field_missing"
# What the words of a letter may say besides who reads it.
_READ: Final = ("member__family__officer", "member__family__giver__subject")


@dataclass(frozen=True, slots=True)
class Letter:
    """
    One letter and its envelope. Where ``why`` is a code there is nothing to print.

    ``of`` are the people of the household whose letter it is: each counts as written to once it is posted.
    """

    touchpoint: Touchpoint
    why: str = ""
    to: Recipient | None = None
    of: tuple[Recipient, ...] = ()
    name: str = field(default="", repr=False)
    address: tuple[str, ...] = field(default=(), repr=False)
    rendered: Rendered | None = field(default=None, repr=False)

    @property
    def branch(self) -> Branch:
        """Whose letter it is: its own name stands on it."""
        return self.to.branch if self.to else self.touchpoint.plan.branch

    @property
    def language(self) -> str:
        """In which language it is written."""
        return self.to.language if self.to else ""


def letters_of(touchpoints: Iterable[Touchpoint], *, at: datetime) -> list[Letter]:
    """
    Return the letters of touchpoints, in their order; one that cannot be written says why.

    However many they are, it is asked as often as for one, but for those that a machine brought to somebody
    of their household before: who shares that address is looked for one by one.
    """
    found = list(touchpoints)
    known = _Known(found)
    with vault.at_hand(*known.keys):
        return [_letter(touchpoint, known, at=at) for touchpoint in found]


def letter_of(touchpoint: Touchpoint, *, at: datetime) -> Letter:
    """Return the letter of a touchpoint: to the first of the household to whom nothing stands against it."""
    return letters_of([touchpoint], at=at)[0]


class _Known:
    """What is asked once for many letters: their people, who had it, what stands against it, the words."""

    def __init__(self, touchpoints: Sequence[Touchpoint]) -> None:
        self.people = sendings.people_of_many(touchpoints, reading=_READ)
        self.had = sendings.reached_by(touchpoints)
        everybody = {one.subject.pk: one for people in self.people.values() for one in people}
        self.against = recipients.stand_against(everybody.values(), Channel.LETTER)
        self.asked = recipients.were_asked(everybody)
        ids = {key for one in everybody.values() for key in _keys_of(one) if key is not None}
        self.keys = list(DataKey.objects.filter(pk__in=ids))
        self._words: dict[tuple[str, str], WordingBody | None] = {}

    def words(self, key: str, language: str) -> WordingBody | None:
        """Return the approved words of a letter in a language; None where there are none."""
        if (key, language) not in self._words:
            self._words[key, language] = wordings.approved(key, Channel.LETTER, language)
        return self._words[key, language]


def _letter(touchpoint: Touchpoint, known: _Known, *, at: datetime) -> Letter:
    everybody, had = known.people[touchpoint.pk], known.had.get(touchpoint.pk, {})
    people = [one for one in everybody if one.subject.pk not in had]
    to = ways.reader(people, known.against, known.asked)
    if to is None:
        why = ways.why_nobody(people, known.against) or NOBODY
        return Letter(touchpoint, why=REACHED if everybody and not people else why)
    body = known.words(touchpoint.step.wording, to.language)
    if body is None:
        return Letter(touchpoint, why=NO_WORDING, to=to)
    try:
        rendered = wordings.rendered(body, to, asked.fields(touchpoint), at=at)
    except FieldMissing:
        return Letter(touchpoint, why=FIELD_MISSING, to=to)
    lines = (recipients.address(to, Channel.LETTER) or "").splitlines()
    address = tuple(line.strip() for line in lines if line.strip())
    mine = tuple(one for one in people if one is to or _shares(one, to, known))
    return Letter(touchpoint, "", to, mine, recipients.name(to), address, rendered)


def _shares(one: Recipient, to: Recipient, known: _Known) -> bool:
    """Return whether somebody of the household would have had a letter too: this one is theirs as well."""
    return one.kind == to.kind == "relative" and not known.against[one.subject.pk]


def _keys_of(one: Recipient) -> tuple[UUID | None, ...]:
    """Return under which keys stand the name and address of somebody, and who gave."""
    giver = one.member.family.giver.subject.key_id if one.member else None
    return one.subject.key_id, giver
