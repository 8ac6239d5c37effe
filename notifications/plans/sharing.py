"""
People of one household who share a telephone or a mailbox: one copy that goes there has reached them all.

No second condolence comes to one address. Source: docs/decisions/0010, "One copy an address"
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from uuid import UUID

from foundation import vault
from notifications import recipients
from notifications.channel_names import BY_A_PERSON
from notifications.message_states import REACHED, MessageState
from notifications.recipients import Recipient
from notifications.recipients.people import COLUMNS

if TYPE_CHECKING:
    from notifications.plans.models import Touchpoint

Had = TypeVar("Had")
# Why a copy failed before it was handed over to anybody: asked again, whenever it is released.
NEVER_LEFT: Final = ("no_address", "channel_stopped", "channel_broken")


def with_whom(ways: Iterable[tuple[Recipient, str]]) -> dict[UUID, Recipient]:
    """
    Return who shares the address of somebody before them, by subject: that one's copy is theirs too.

    Nothing is opened of who goes by a way alone.

    :param ways: the people of one household in their order, each with the way to them.
    """
    found: dict[UUID, Recipient] = {}
    for way, of_it in groupby(sorted(ways, key=itemgetter(1)), key=itemgetter(1)):
        people = [one for one, _way in of_it if one.member is not None]
        if way in BY_A_PERSON or len(people) == 1:
            continue
        first: dict[str, Recipient] = {}
        for one, address in zip(people, _addresses(people, way), strict=True):
            other = first.setdefault(address, one) if address else one
            if other is not one:
                found[one.subject.pk] = other
    return found


def share(one: Recipient, other: Recipient, way: str) -> bool:
    """Return whether two of a household have the same address by a way."""
    return bool(with_whom([(one, way), (other, way)]))


@dataclass(frozen=True, slots=True)
class Case(Generic[Had]):
    """A touchpoint, how those were reached who have a copy of their own, and who of its people has none."""

    touchpoint: Touchpoint
    had: Mapping[UUID, Had]
    left: Sequence[Recipient]


def had_with(cases: Iterable[Case[Had]]) -> dict[UUID, dict[UUID, Had]]:
    """
    Return who was reached by a copy that a machine sent to somebody else, at an address that is theirs too.

    By touchpoint and subject; as many queries for many touchpoints as for one.
    """
    asked = {one.touchpoint.pk: one for one in cases if one.had and one.left}
    rows = [row for row in _by_machine(asked.values()) if row.subject_id in asked[row.touchpoint_id].had]
    left = [person for one in asked.values() for person in one.left]
    theirs = {way: _by_member(left, way) for way in {row.channel for row in rows}}
    found: dict[UUID, dict[UUID, Had]] = {}
    for row, cells in zip(rows, vault.open(rows, ["sent_to"]), strict=True):
        address, case = _plain(cells["sent_to"]), asked[row.touchpoint_id]
        for one in case.left:
            if address and address == theirs[row.channel].get(_member(one)):
                found.setdefault(row.touchpoint_id, {}).setdefault(one.subject.pk, case.had[row.subject_id])
    return found


def _by_machine(cases: Collection[Case[Had]]) -> list[Any]:
    """Return the messages of touchpoints that a machine sent, and that reached somebody or may have."""
    touchpoints = [one.touchpoint for one in cases]
    if not touchpoints:
        return []
    of_them = touchpoints[0].messages.model.objects.filter(touchpoint__in=touchpoints)
    sent = of_them.filter(state__in=REACHED, sent_to__isnull=False)
    return list(sent.exclude(channel__in=BY_A_PERSON))


def _by_member(people: list[Recipient], way: str) -> dict[UUID | None, str]:
    return dict(zip(map(_member, people), _addresses(people, way), strict=True))


def _member(one: Recipient) -> UUID | None:
    return one.member.pk if one.member else None


def copies_at_address(touchpoint: Touchpoint, recipient: Recipient, way: str) -> set[str]:
    """
    Return how copies stand that a machine handed over to others, by a way, at somebody's address.

    Several households may remember one who gave, and one mailbox stand in two of them: there too, one copy.
    """
    of_it = touchpoint.messages.model.objects.filter(touchpoint__in=_of_one_occasion(touchpoint))
    of_others = of_it.exclude(subject=recipient.subject)
    rows = list(of_others.filter(channel=way, state__in=REACHED, sent_to__isnull=False))
    mine = _plain(recipients.address(recipient, way)) if rows else ""
    opened = zip(rows, vault.open(rows, ["sent_to"]), strict=True)
    return {row.state for row, cells in opened if mine and _plain(cells["sent_to"]) == mine}


def _of_one_occasion(touchpoint: Touchpoint) -> list[UUID]:
    """Return a touchpoint, and those of the same step and day in other households of the same giver."""
    family = touchpoint.plan.family
    if family is None:
        return [touchpoint.pk]
    same = type(touchpoint).objects.filter(key=touchpoint.key, on_date=touchpoint.on_date)
    return list(same.filter(plan__family__giver=family.giver_id).values_list("pk", flat=True))


def failed_at(touchpoint: Touchpoint, recipient: Recipient, way: str) -> bool:
    """Return whether a copy by a way failed at the address that somebody has now, not at one before."""
    failed = touchpoint.messages.filter(state=MessageState.FAILED, channel=way)
    rows = list(failed.exclude(sent_to__isnull=True, why__in=NEVER_LEFT))
    mine = _plain(recipients.address(recipient, way)) if rows else ""
    went_to = [_plain(cells["sent_to"]) for cells in vault.open(rows, ["sent_to"])]
    return any(not address or address == mine for address in went_to)


def _addresses(people: list[Recipient], way: str) -> list[str]:
    """Return the addresses of members for a way, as they are compared; all keys in one query."""
    column = COLUMNS[way]
    return [_plain(cells[column]) for cells in vault.open([one.member for one in people], [column])]


def _plain(opened: Any) -> str:
    return "".join(opened.split()).casefold() if isinstance(opened, str) else ""
