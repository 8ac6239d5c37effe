"""Read answers: how many wait, whom each is about, what it held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation import vault
from foundation.access import Scope
from foundation.pages import masks
from foundation.vault import Subject
from notifications import recipients
from notifications.answers.models import Answer, Desk, Held
from notifications.answers.querysets import AnswerQuerySet
from notifications.recipients import Recipient
from notifications.recipients.models import ContactState, Reach
from notifications.wordings.models import Wording
from registry.donors.models import Donor
from registry.families.models import Member


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody an answer may be about: masked, with the page they stand on."""

    subject: Subject
    label: str
    url: str = ""
    relative: bool = False


def at_desk(desk: str, scope: Scope) -> AnswerQuerySet:
    """Return the answers that a desk reads in a scope."""
    return Answer.objects.visible_to(scope).filter(desk=desk)


def people_of(answer: Answer, scope: Scope) -> list[Person]:
    """
    Return whom an answer may be about: who wrote, and the others of the household.

    Where several have the number, those too whom the reader's desk looks after.
    """
    if answer.subject_id is None:
        return []
    ids = [answer.subject_id, *_others(answer, scope)]
    named = names_of(ids)
    return [named[pk] for pk in dict.fromkeys(ids) if pk in named]


def _others(answer: Answer, scope: Scope) -> list[UUID]:
    """Return the households of who may have written it, its own first; at the other desk the volunteers."""
    writers = [answer.subject_id, *answer.writers.order_by("subject").values_list("subject", flat=True)]
    if answer.desk == Desk.DONORS:
        volunteers = Donor.objects.visible_to(scope).filter(subject__in=writers)
        return list(volunteers.order_by("subject").values_list("subject_id", flat=True))
    own = Member.objects.filter(subject=answer.subject_id).values_list("family_id", flat=True)
    others = Member.objects.visible_to(scope).filter(subject__in=writers).values_list("family_id", flat=True)
    people = Member.objects.filter(family__in={*own, *others}).order_by("family", "order")
    found = list(people.values_list("family_id", "subject_id"))
    return [subject for family, subject in sorted(found, key=lambda one: one[0] not in own)]


def names_of(subject_ids: Iterable[UUID | None]) -> dict[UUID, Person]:
    """Return people by id, masked, in a fixed number of queries."""
    found = recipients.of([pk for pk in subject_ids if pk is not None])
    donors = [one for one in found.values() if one.donor is not None]
    members = [one for one in found.values() if one.member is not None and one.donor is None]
    visitors = [one for one in found.values() if one.appointment is not None]
    return {
        **_named(donors, [one.donor for one in donors]),
        **_named(members, [one.member for one in members]),
        **_named(visitors, [one.appointment for one in visitors]),
    }


def held_by(answer: Answer) -> list[Held]:
    """Return what an answer holds still."""
    rows = answer.held.select_related("message", "touchpoint__step", "touchpoint__plan")
    return [row for row in rows if _still(row)]


def name_of(wording: str) -> str:
    """Return what a wording is called, in the reader's language."""
    found = Wording.objects.filter(key=wording).first()
    return found.name_in(get_language() or "") if found else wording


def words_of(row: Held) -> str:
    """Return what it is that is held, in the reader's language."""
    if row.touchpoint is not None:
        names = row.touchpoint.step.names
        return str(names.get(get_language() or "") or names.get("en") or row.touchpoint.key)
    return name_of(row.message.wording) if row.message is not None else ""


def _still(row: Held) -> bool:
    thing = row.message or row.touchpoint
    return thing is not None and str(thing.state) == "HELD"


def _named(found: Sequence[Recipient], rows: Sequence[Any]) -> dict[UUID, Person]:
    opened = vault.open(rows, ["name"])
    return {one.subject.pk: _person(one, cells["name"]) for one, cells in zip(found, opened, strict=True)}


def _person(one: Recipient, name: object) -> Person:
    masked = masks.name(name) if isinstance(name, str) else _("A person whose name does not open")
    if one.donor is not None:
        return Person(one.subject, masked, reverse("donors:detail", args=[one.donor.pk]))
    if one.appointment is not None:
        where = reverse("drives:appointments", args=[one.appointment.drive_id])
        return Person(one.subject, f"{masked} · {one.subject.get_capacity_display()}", where)
    kin = one.member.get_kin_display() if one.member else ""
    url = reverse("families:detail", args=[one.member.family_id]) if one.member else ""
    return Person(one.subject, f"{masked} · {kin}", url, relative=True)


def shut_ways(subject_ids: Iterable[UUID]) -> list[tuple[ContactState, Person | None]]:
    """Return the ways to people that do not work, each with whose it is."""
    shut = ContactState.objects.filter(subject__in=list(subject_ids)).exclude(state=Reach.OK)
    rows = list(shut.order_by("subject_id", "channel"))
    names = names_of(row.subject_id for row in rows)
    return [(row, names.get(row.subject_id)) for row in rows]
