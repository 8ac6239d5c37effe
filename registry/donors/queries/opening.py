"""Open what a page shows of donors, with all keys in one query; the template masks it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse

from consent.people import Person
from foundation import vault
from foundation.pages import masks
from registry.donors.guards import age
from registry.donors.models import Contact, Donor, MoveNote


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the head of a donor's page; names and numbers are opened, and masked by the page."""

    name: object
    phone: object
    document: object
    age: int | None


def head_of(donor: Donor, *, on: date) -> Head:
    """Return the head of one donor's page."""
    plain = vault.open_one(donor, "name", "phone", "document")
    return Head(
        name=plain["name"],
        phone=plain["phone"],
        document=plain["document"],
        age=age(donor.born_on, on) if donor.born_on else None,
    )


def masked_names(donors: Sequence[Donor]) -> list[object]:
    """Return the names of some donors, in order, each masked where it opens."""
    return [
        masks.name(plain["name"]) if isinstance(plain["name"], str) else plain["name"]
        for plain in vault.open(donors, ["name"])
    ]


def describe(subject_ids: Collection[UUID], *, opened: bool = False) -> dict[UUID, Person]:
    """Return how pages of the consent floor show donors: masked, unless asked for opened."""
    donors = list(Donor.objects.filter(subject_id__in=list(subject_ids)).order_by("pk"))
    names = [one["name"] for one in vault.open(donors, ["name"])] if opened else masked_names(donors)
    return {
        donor.subject_id: Person(
            label=f"{name} · …{donor.grid[-8:-2]}",
            url=reverse("donors:detail", args=[donor.pk]),
            after_withdrawal=reverse("donors:receipt", args=[donor.pk]),
        )
        for donor, name in zip(donors, names, strict=True)
    }


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as a page shows them; name and phone are opened, and masked by the page."""

    contact: Contact
    name: object
    phone: object


def contacts_of(donor: Donor) -> list[Known]:
    """Return a donor's contacts, with their keys in one query."""
    people = list(donor.contacts.order_by("order"))
    opened = vault.open(people, ["name", "phone"])
    return [
        Known(contact, plain["name"], plain["phone"]) for contact, plain in zip(people, opened, strict=True)
    ]


def notes_of(donor: Donor) -> list[tuple[MoveNote, object]]:
    """Return the words beside a donor's moves, opened, the newest first."""
    notes = list(donor.notes.order_by("-id")[:50])
    return [(note, plain["words"]) for note, plain in zip(notes, vault.open(notes, ["words"]), strict=True)]
