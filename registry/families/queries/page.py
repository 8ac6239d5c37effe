"""What a family's page says: opened here with all keys in one query, and masked by the template."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise

from consent.models import Consent
from consent.people import Person
from consent.purposes import Purpose
from consent.states import STANDING, State
from foundation import vault
from foundation.desk.naming import Names
from foundation.pages import masks
from registry.families.models import Complaint, Family, FamilyNote, Gift, Giver, Member, OwnRite, Tradition
from registry.families.rites import BY_KEY
from registry.families.ways import WAYS

LAST_LINES: Final = 60


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the head of a family's page."""

    name: object
    document: object
    gifts: list[str | Promise]
    address: object
    note: object
    giver_note: object


@dataclass(frozen=True, slots=True)
class Known:
    """One of the household as a page shows them; values are opened, and masked by the page."""

    member: Member
    words: Mapping[str, object]
    ways: list[str | Promise]
    ways_asked: bool
    awaits_scan: bool  # some of it is signed, and not in force before its scan is verified


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history."""

    note: FamilyNote
    who: str
    about_whom: object
    words: object


def head_of(family: Family) -> Head:
    """Return the head of a family's page."""
    giver = family.giver
    plain = vault.open_one(giver, "name", "document", "note")
    home = vault.open_one(family, "address", "note")
    return Head(
        name=plain["name"],
        document=plain["document"],
        gifts=[Gift(gift).label for gift in giver.gifts],
        address=home["address"],
        note=home["note"],
        giver_note=plain["note"],
    )


def people_of(family: Family) -> list[Known]:
    """Return the people of a household, who is asked first in front: three queries."""
    members = list(family.members.select_related("subject").order_by("order"))
    opened = vault.open(members, ["name", "phone", "email", "wechat", "address"])
    answers = Consent.objects.filter(subject__in=[member.subject_id for member in members], purpose__in=WAYS)
    asked: dict[UUID, set[str]] = {}
    unverified: set[UUID] = set()
    for subject_id, purpose, state in answers.values_list("subject_id", "purpose", "state"):
        ways = asked.setdefault(subject_id, set())
        if state in STANDING:
            ways.add(purpose)
        if state == State.SIGNED:
            unverified.add(subject_id)
    return [
        Known(
            member,
            words,
            [Purpose(way).label for way in WAYS if way in asked.get(member.subject_id, ())],
            member.subject_id in asked,
            member.subject_id in unverified,
        )
        for member, words in zip(members, opened, strict=True)
    ]


def wishes_of(family: Family) -> dict[str, Any]:
    """Return what a household ticked, in words."""
    plain = vault.open_one(family, "tradition", "own_way")
    tradition = plain["tradition"]
    chosen = sorted(family.rites.all(), key=lambda rite: list(BY_KEY).index(rite.rite))
    return {
        "rites": [
            (BY_KEY[rite.rite].words, rite.get_calendar_display() if BY_KEY[rite.rite].own_calendar else "")
            for rite in chosen
        ],
        "own": _their_own(family),
        "silent": list(family.silent_days.order_by("month", "day", "id")),
        "tradition": Tradition(tradition).label if tradition in Tradition.values else tradition,
        "own_way": plain["own_way"],
    }


def _their_own(family: Family) -> list[tuple[OwnRite, object]]:
    """Return the days of a household's own, each with its words."""
    own = list(family.own_rites.order_by("month", "day", "id"))
    return [(rite, cells["words"]) for rite, cells in zip(own, vault.open(own, ["words"]), strict=True)]


def history_of(family: Family) -> list[Line]:
    """Return what happened with a household, the newest first, with who did it and about whom."""
    notes = list(family.history.select_related("member").order_by("-id")[:LAST_LINES])
    members = list({note.member_id: note.member for note in notes if note.member}.values())
    opened_names = vault.open(members, ["name"])
    called: dict[UUID | None, object] = {
        member.pk: words["name"] for member, words in zip(members, opened_names, strict=True)
    }
    staff = Names.of(note.by_id for note in notes)
    said = vault.open(notes, ["words"])
    return [
        Line(note, staff.get(note.by_id), called.get(note.member_id, ""), words["words"])
        for note, words in zip(notes, said, strict=True)
    ]


def complaints_of(family: Family) -> list[Complaint]:
    """Return what a household complained of, the newest first."""
    return list(family.complaints.order_by("-id"))


def other_households(family: Family) -> list[Family]:
    """Return the other households of the same person who gave."""
    others = family.giver.families.exclude(pk=family.pk).select_related("branch")
    return list(others.order_by("id"))


def masked_names(givers: Sequence[Giver]) -> list[object]:
    """Return the names of some who gave, in order, each masked where it opens."""
    return [
        masks.name(plain["name"]) if isinstance(plain["name"], str) else plain["name"]
        for plain in vault.open(givers, ["name"])
    ]


def describe(subject_ids: Collection[UUID], *, opened: bool = False) -> dict[UUID, Person]:
    """Return how pages of the consent floor show relatives: masked, unless asked for opened."""
    members = list(Member.objects.filter(subject_id__in=list(subject_ids)).order_by("pk"))
    words = vault.open(members, ["name"])
    return {
        member.subject_id: Person(
            label=f"{_called(plain['name'], opened=opened)} · {member.get_kin_display()}",
            url=reverse("families:detail", args=[member.family_id]),
        )
        for member, plain in zip(members, words, strict=True)
    }


def _called(name: object, *, opened: bool) -> object:
    return masks.name(name) if isinstance(name, str) and not opened else name
