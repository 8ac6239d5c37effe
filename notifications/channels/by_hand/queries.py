"""Which calls and visits are to be made, and what is needed to make one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import DateField, OuterRef, Q, Subquery

from foundation import vault
from foundation.access import Scope, Staff
from notifications import recipients, wordings
from notifications.channel_names import Channel
from notifications.channels.by_hand.models import Try
from notifications.plans import asked, sendings
from notifications.plans.models import Touchpoint
from notifications.plans.querysets import TouchpointQuerySet
from notifications.plans.states import PlanState, TouchpointState
from notifications.recipients import Recipient
from notifications.wordings import FieldMissing, NoWording

BY_WORD: Final = (Channel.CALL, Channel.VISIT)


@dataclass(frozen=True, slots=True)
class Person:
    """One of those whom a task is for: whether they may be reached this way, where, and what to say."""

    recipient: Recipient
    name: str = field(repr=False)
    address: str = field(repr=False)
    against: str
    script: str = field(repr=False)
    reached: sendings.Reached | None = None  # by another way: nobody gets it twice


def to_do(scope: Scope, *, families: bool) -> TouchpointQuerySet:
    """Return the released calls and visits of a scope: those of families, or those of donors."""
    first = Q(channel="", step__channels__0__in=list(BY_WORD))
    found = Touchpoint.objects.visible_to(scope).filter(
        Q(channel__in=BY_WORD) | first, state=TouchpointState.APPROVED, plan__state=PlanState.ACTIVE
    )
    found = found.filter(plan__family__isnull=not families)
    last = Try.objects.filter(touchpoint=OuterRef("pk")).order_by("-id").values("again_on")[:1]
    return found.annotate(again_on=Subquery(last, output_field=DateField()))


def now(tasks: TouchpointQuerySet, *, today: date) -> TouchpointQuerySet:
    """Keep those whose day has come, and that are not put off to a later one."""
    return tasks.filter(Q(again_on__isnull=True) | Q(again_on__lte=today), on_date__lte=today)


def mine(tasks: TouchpointQuerySet, staff: Staff) -> TouchpointQuerySet:
    """Keep those of one's own households, and those that are nobody's; donors' are everybody's."""
    return tasks.filter(Q(plan__family__officer=staff) | Q(plan__family__officer__isnull=True))


def names_of(touchpoints: Sequence[Touchpoint]) -> dict[UUID, str]:
    """Return, by touchpoint, the name of who is asked first: opened, for the list of one's own work."""
    people = recipients.of(_first_of(touchpoints).values())
    rows = {pk: one.row for pk, one in people.items() if one.row is not None}
    opened = dict(zip(rows, vault.open(list(rows.values()), ["name"]), strict=True))
    found: dict[UUID, str] = {}
    for pk, subject in _first_of(touchpoints).items():
        name = opened.get(subject, {}).get("name")
        found[pk] = name if isinstance(name, str) else ""
    return found


def people_of(touchpoint: Touchpoint, *, at: datetime) -> list[Person]:
    """Return whom a task is for, opened: who makes the call needs the number and the words."""
    way, had = sendings.way_of(touchpoint), sendings.reached(touchpoint)
    found = sendings.people_of(touchpoint)
    return [_person(touchpoint, one, way, had.get(one.subject.pk), at=at) for one in found]


def tries_of(touchpoint: Touchpoint) -> list[tuple[Try, Any]]:
    """Return the tries so far with their words, the newest first."""
    rows = list(touchpoint.tries.order_by("-id")[:20])
    return [(row, cells["words"]) for row, cells in zip(rows, vault.open(rows, ["words"]), strict=True)]


def _person(
    touchpoint: Touchpoint, one: Recipient, way: str, had: sendings.Reached | None, *, at: datetime
) -> Person:
    return Person(
        one,
        recipients.name(one),
        recipients.address(one, way) or "",
        recipients.stands_against(one, way),
        "" if had else _script(touchpoint, one, way, at=at),
        had,
    )


def _script(touchpoint: Touchpoint, one: Recipient, way: str, *, at: datetime) -> str:
    """Return the approved words of a call; without them, the caller finds their own."""
    given = asked.fields(touchpoint)
    try:
        return wordings.render(touchpoint.step.wording, way, one, given, at=at).text
    except (NoWording, FieldMissing):
        return ""


def _first_of(touchpoints: Iterable[Touchpoint]) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {}
    for touchpoint in touchpoints:
        plan = touchpoint.plan
        if plan.subject_id:
            found[touchpoint.pk] = plan.subject_id
        elif plan.family is not None:
            first = min(plan.family.members.all(), key=lambda member: member.order, default=None)
            if first is not None:
                found[touchpoint.pk] = first.subject_id
    return found
