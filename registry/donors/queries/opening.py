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
from registry.donors.models import Donor


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


def describe(subject_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Return how pages of the consent floor show donors."""
    donors = list(Donor.objects.filter(subject_id__in=list(subject_ids)).order_by("pk"))
    return {
        donor.subject_id: Person(
            label=f"{name} · {donor.grid[-6:]}",
            url=reverse("donors:detail", args=[donor.pk]),
            after_withdrawal=reverse("donors:receipt", args=[donor.pk]),
        )
        for donor, name in zip(donors, masked_names(donors), strict=True)
    }
