"""Write the letter of a touchpoint: one a household, to whom may be written to, at one address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from foundation import vault
from foundation.access import Branch
from notifications import recipients, wordings
from notifications.channel_names import Channel
from notifications.plans import sendings
from notifications.plans.models import Touchpoint
from notifications.recipients import Recipient
from notifications.wordings import FieldMissing, NoWording, Rendered

NOBODY: Final = "nobody_to_write_to"
NO_WORDING: Final = "no_wording"
FIELD_MISSING: Final = "field_missing"


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
    """Return the letters of touchpoints, in their order; one that cannot be written says why."""
    return [letter_of(touchpoint, at=at) for touchpoint in touchpoints]


def letter_of(touchpoint: Touchpoint, *, at: datetime) -> Letter:
    """Return the letter of a touchpoint: to the first of the household to whom nothing stands against it."""
    people = sendings.still_to_reach(touchpoint)
    to = next((one for one in people if not recipients.stands_against(one, Channel.LETTER, at=at)), None)
    if to is None:
        return Letter(touchpoint, why=NOBODY)
    given = {"on_date": touchpoint.on_date.isoformat()}
    try:
        rendered = wordings.render(touchpoint.step.wording, Channel.LETTER, to, given, at=at)
    except NoWording:
        return Letter(touchpoint, why=NO_WORDING, to=to)
    except FieldMissing:
        return Letter(touchpoint, why=FIELD_MISSING, to=to)
    lines = (recipients.address(to, Channel.LETTER) or "").splitlines()
    address = tuple(line.strip() for line in lines if line.strip())
    mine = tuple(one for one in people if one is to or _shares(one, to, at=at))
    return Letter(touchpoint, "", to, mine, _name(to), address, rendered)


def _shares(one: Recipient, to: Recipient, *, at: datetime) -> bool:
    """Return whether somebody of the household would have had a letter too: this one is theirs as well."""
    return one.kind == to.kind == "relative" and not recipients.stands_against(one, Channel.LETTER, at=at)


def _name(to: Recipient) -> str:
    row = to.donor or to.member
    opened = vault.open_one(row, "name")["name"] if row is not None else None
    return opened if isinstance(opened, str) else ""
