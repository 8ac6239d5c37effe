"""What waits for a person: of donors, and of families what stands on no other list of the care desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from foundation.access import Scope
from foundation.pages import keyset
from notifications import recipients
from notifications.answers import holding
from notifications.care import showing, unsent
from notifications.channel_names import Channel
from notifications.outbox import Message, MessageState, lacking
from notifications.outbox.querysets import MessageQuerySet
from notifications.plans import whys
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState as State
from notifications.plans.whys import Why
from notifications.programmes.models import Programme
from notifications.recipients import Recipient
from notifications.wordings.models import Wording

RESTORED: Final = Why.RESTORED.value
SHOWN: Final = 50
_ELSEWHERE: Final = (Why.RESTORED, Why.IN_A_PAUSE)  # decided in one, or resumed


@dataclass(frozen=True, slots=True)
class Programmes:
    """One programme over which a backup was put back, and how much of it may have left."""

    key: str
    name: str
    messages: int
    touchpoints: int

    @property
    def total(self) -> int:
        """How many people may have had something already."""
        return self.messages + self.touchpoints


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a line is about."""

    name: object
    donor: UUID | None = None
    family: UUID | None = None


@dataclass(frozen=True, slots=True)
class OfMessage:
    """One message that waits."""

    message: Message
    person: Person
    what: str
    way: str
    why: unsent.Reason


@dataclass(frozen=True, slots=True)
class OfTouchpoint:
    """One occasion of a donor's plan that stands still."""

    touchpoint: Touchpoint
    person: Person
    what: str
    stands: str
    can_go: bool


@dataclass(frozen=True, slots=True)
class Group:
    """How many messages wait for one and the same thing."""

    lack: lacking.Lack
    what: str
    way: str
    why: unsent.Reason
    wording: Wording | None
    of_the_provider: bool


def of_donors(scope: Scope) -> MessageQuerySet:
    """Return messages to people of a scope who are no bereaved."""
    return Message.objects.visible_to(scope).filter(bereaved=False)


def of_families(scope: Scope) -> MessageQuerySet:
    """Return messages to the bereaved of a scope."""
    return Message.objects.visible_to(scope).filter(bereaved=True)


def unclear(scope: Scope, *, programme: str = "") -> MessageQuerySet:
    """Return donors' messages to decide one by one; with a programme, those a restored backup left of it."""
    found = of_donors(scope).to_decide()
    if programme:
        return found.filter(why=RESTORED, programme_key=programme)
    return found.exclude(why=RESTORED)


def to_see_to(scope: Scope) -> MessageQuerySet:
    """Return donors' messages about which one of us can say something."""
    found = of_donors(scope)
    return found.filter(Q(state=MessageState.UNKNOWN) | Q(pk__in=lacking.stopped(found).values("pk")))


def held_by_restore(scope: Scope, *, families: bool, programme: str = "") -> QuerySet[Touchpoint]:
    """Return the occasions that are held because a backup was put back."""
    held = Touchpoint.objects.visible_to(scope).filter(state=State.HELD, held_reason=RESTORED)
    held = held.filter(plan__family__isnull=not families)
    return held.filter(plan__programme_key=programme) if programme else held


def stopped(scope: Scope) -> QuerySet[Touchpoint]:
    """Return occasions of donors that do not go on by themselves: held, to be released, or nobody reached."""
    found = Touchpoint.objects.visible_to(scope).filter(plan__family__isnull=True)
    found = found.filter(state__in=[State.DUE, State.HELD, State.FAILED])
    found = found.exclude(holding.touchpoint_is_held(), held_reason=Why.REPLIED)  # it is read first
    return found.exclude(held_reason__in=_ELSEWHERE)


def restored(scope: Scope, language: str) -> list[Programmes]:
    """Return the programmes of donors over which a backup was put back, in the order of their keys."""
    unknown = of_donors(scope).to_decide().filter(why=RESTORED).order_by().values_list("programme_key")
    messages = Counter(dict(unknown.annotate(n=Count("pk"))))
    held = held_by_restore(scope, families=False).order_by().values_list("plan__programme_key")
    touchpoints = Counter(dict(held.annotate(n=Count("pk"))))
    keys = sorted({*messages, *touchpoints})
    names = _programmes(keys, language)
    return [Programmes(key, names.get(key, key), messages[key], touchpoints[key]) for key in keys]


def groups(found: MessageQuerySet, language: str, *, at: datetime) -> list[Group]:
    """Return what messages lack, each once, with how many wait for it."""
    lacks = lacking.lacks(found, at=at)
    wordings = {one.key: one for one in Wording.objects.filter(key__in={lack.wording for lack in lacks})}
    return [
        Group(
            lack,
            _named(wordings.get(lack.wording), lack.wording, language),
            str(Channel(lack.channel).label),
            unsent.reason_of(lack.why),
            wordings.get(lack.wording),
            lack.why in lacking.OF_THE_PROVIDER,
        )
        for lack in lacks
    ]


def lines_of(rows: Iterable[Message], language: str) -> list[OfMessage]:
    """Return messages as lines, the names masked; all keys in one query."""
    found = list(rows)
    known = _people([row.subject_id for row in found])
    wordings = {one.key: one for one in Wording.objects.filter(key__in={row.wording for row in found})}
    return [
        OfMessage(
            row,
            known.get(row.subject_id, Person("")),
            _named(wordings.get(row.wording), row.wording, language),
            str(Channel(row.channel).label),
            unsent.reason_of(row.why),
        )
        for row in found
    ]


def stopped_lines(rows: Iterable[Touchpoint], language: str) -> list[OfTouchpoint]:
    """Return occasions of donors as lines, the names masked."""
    found = list(rows)
    known = _people([row.plan.subject_id for row in found if row.plan.subject_id])
    return [
        OfTouchpoint(
            row,
            known.get(row.plan.subject_id, Person("")) if row.plan.subject_id else Person(""),
            row.step.name_in(language),
            whys.words(row.held_reason) if row.state == State.HELD else str(State(str(row.state)).label),
            row.state != State.FAILED,
        )
        for row in found
    ]


def waiting_for_donors(scope: Scope, *, at: datetime) -> dict[str, keyset.Count]:
    """Return how much waits of each kind at the donors' desk, what is not there left out."""
    counted = {
        "restored": both(of_donors(scope).to_decide().filter(why=RESTORED), _held(scope, families=False)),
        "unclear": keyset.count(unclear(scope)),
        "stopped": both(lacking.stopped(of_donors(scope)), stopped(scope)),
        "lacking": keyset.count(lacking.lacking(of_donors(scope), at=at)),
    }
    return {key: found for key, found in counted.items() if found.number}


def waiting_for_families(scope: Scope) -> dict[str, keyset.Count]:
    """Return how much of families stands still on no other list of the care desk."""
    counted = {
        "restored": keyset.count(_held(scope, families=True)),
        "stopped": keyset.count(lacking.stopped(of_families(scope))),
    }
    return {key: found for key, found in counted.items() if found.number}


def _held(scope: Scope, *, families: bool) -> QuerySet[Touchpoint]:
    return held_by_restore(scope, families=families)


def both(messages: MessageQuerySet, touchpoints: QuerySet[Touchpoint]) -> keyset.Count:
    """Return how many there are together."""
    one, other = keyset.count(messages), keyset.count(touchpoints)
    total, more = one.number + other.number, "+" if "+" in one.words + other.words else ""
    return keyset.Count(total, f"{total:,}{more}")


def _people(subject_ids: Iterable[UUID]) -> dict[UUID, Person]:
    known: dict[UUID, Recipient] = recipients.of(subject_ids)
    names = showing.masked([one.row for one in known.values()])
    return {
        pk: Person(
            name,
            one.donor.pk if one.donor else None,
            one.member.family_id if one.member else None,
        )
        for (pk, one), name in zip(known.items(), names, strict=True)
    }


def _programmes(keys: Iterable[str], language: str) -> dict[str, str]:
    in_use = Programme.objects.filter(key__in=list(keys), state="PUBLISHED")
    return {one.key: one.name_in(language) for one in in_use}


def _named(wording: Wording | None, key: str, language: str) -> str:
    return wording.name_in(language) if wording is not None else key
