"""The second fact: what only the person, not whoever found their phone, is likely to know."""

from __future__ import annotations

from typing import Final

from foundation import vault
from foundation.vault import normal
from notifications.links import tokens
from notifications.recipients import Recipient

DIGITS: Final = 4
_PLACES: Final = 2  # compared always, so that the time tells neither how many there are nor which fitted


def is_right(person: Recipient, typed: str) -> bool:
    """Return whether this is the end of the person's document, or of their number."""
    said = normal.text(typed).upper()
    known = ends(person)
    known += ["\0" * DIGITS] * (_PLACES - len(known))
    fitting = [tokens.same(said, end) for end in known]
    return len(said) == DIGITS and any(fitting)


def can_be_asked(person: Recipient) -> bool:
    """Return whether there is anything to ask for."""
    return bool(ends(person))


def are_kept(person: Recipient) -> bool:
    """Return whether something to ask for is written down, without opening it."""
    row = person.donor or person.member
    return row is not None and any(getattr(row, name) is not None for name in _names(person))


def ends(person: Recipient) -> list[str]:
    """Return the last four characters of what is known: the document first."""
    row = person.donor or person.member
    if row is None:
        return []
    names = _names(person)
    opened = vault.open_one(row, *names)
    values = [opened[name] for name in names]
    return [value[-DIGITS:].upper() for value in values if isinstance(value, str) and len(value) >= DIGITS]


def _names(person: Recipient) -> tuple[str, ...]:
    return ("document", "phone") if person.donor is not None else ("phone",)
