"""What the page of a touchpoint shows of people and messages: names masked, words as they will read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from foundation import vault
from foundation.pages import masks
from foundation.vault import SealedModel
from notifications import recipients, wordings
from notifications.care import unsent
from notifications.channel_names import BY_A_PERSON, Channel
from notifications.outbox import Message
from notifications.outbox.querysets import MessageQuerySet
from notifications.plans import asked, joined, sendings
from notifications.plans.models import Touchpoint
from notifications.recipients import Recipient

SHOWN: Final = 50  # messages of one page
KINDS: Final = {"SENT": "good", "UNKNOWN": "bad", "FAILED": "bad", "HELD": "wait"}


@dataclass(frozen=True, slots=True)
class Person:
    """One of the people of a touchpoint: by which way they would be reached, and in which words."""

    recipient: Recipient
    name: object
    way: str
    against: unsent.Reason | None
    words: wordings.Rendered | None
    lacking: str = ""
    reached: sendings.Reached | None = None  # nobody gets it twice
    shares: object = ""  # the name of whose copy is theirs too
    joined: bool = False  # since it was released: it was not meant for them
    may_be_added: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of a touchpoint."""

    message: Message
    name: object
    way: str
    why: unsent.Reason | None
    kind: str = "none"
    words: str = field(default="", repr=False)


def people(touchpoint: Touchpoint, *, at: datetime) -> list[Person]:
    """Return the people of a touchpoint, each with the way and the words they would get now."""
    found = sendings.people_of(touchpoint)
    names, had = masked([one.row for one in found]), sendings.reached(touchpoint)
    called = {one.subject.pk: name for one, name in zip(found, names, strict=True)}
    left = [one for one in found if one.subject.pk not in had]
    shared = sendings.shared(touchpoint, left)
    later = {one.subject.pk for one in joined.since_release(touchpoint, among=left)}
    return [
        replace(
            _person(touchpoint, one, called[one.subject.pk], had.get(one.subject.pk), at=at),
            shares=called[shared[one.subject.pk].subject.pk] if one.subject.pk in shared else "",
            joined=one.subject.pk in later,
            may_be_added=one.subject.pk in later and not joined.against(touchpoint, one, at=at),
        )
        for one in found
    ]


def sent(found: MessageQuerySet, *, most: int = SHOWN, opened: bool = False) -> list[Sent]:
    """
    Return messages with the masked names of their people, the newest first, not more than these.

    :param opened: with what was written or said, for a page that puts on the trail who looked.
    """
    rows = list(found.select_related("subject").order_by("-id")[:most])
    known = recipients.of([row.subject_id for row in rows])
    names = dict(zip(known, masked([one.row for one in known.values()]), strict=True))
    return [
        Sent(
            row,
            names.get(row.subject_id, ""),
            str(Channel(row.channel).label),
            unsent.known(row.why),
            KINDS.get(row.state, "none"),
            said,
        )
        for row, said in zip(rows, _said(rows) if opened else [""] * len(rows), strict=True)
    ]


def _said(rows: Sequence[Message]) -> list[str]:
    """Return what messages said, or what was noted of a call or a visit; "" where nothing is kept."""
    cells = [one["words"] for one in vault.open(rows, ["words"])]
    return [words if isinstance(words, str) else "" for words in cells]


def masked(rows: Sequence[SealedModel | None]) -> list[object]:
    """Return the names of members and donors in order, masked; all keys in one query."""
    there = [row for row in rows if row is not None]
    opened = iter(vault.open(there, ["name"]))
    plain = [next(opened)["name"] if row is not None else "" for row in rows]
    return [masks.name(name) if isinstance(name, str) and name else name for name in plain]


def _person(
    touchpoint: Touchpoint, one: Recipient, name: object, had: sendings.Reached | None, *, at: datetime
) -> Person:
    ways = sendings.ways_of(touchpoint)
    open_ways = [way for way in ways if not recipients.stands_against(one, way)]
    way = next(iter(open_ways), next(iter(ways), ""))
    code = "" if open_ways else recipients.stands_against(one, way)
    words, lacking = _words(touchpoint, one, way, at=at)
    return Person(
        one,
        name,
        str(Channel(way).label) if way else "",
        unsent.reason_of(code) if code else None,
        words,
        lacking,
        had,
    )


def _words(
    touchpoint: Touchpoint, one: Recipient, way: str, *, at: datetime
) -> tuple[wordings.Rendered | None, str]:
    """Return the words, or what is lacking; a call has a script."""
    if not way or not touchpoint.step.wording:
        return None, ""
    given = asked.fields(touchpoint)
    try:
        return wordings.render(touchpoint.step.wording, way, one, given, at=at), ""
    except wordings.NoWording:
        return None, "" if way in BY_A_PERSON - {Channel.LETTER} else "no_wording"
    except wordings.FieldMissing:
        return None, "field_empty"
