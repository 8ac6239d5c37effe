"""Tubes, boxes and the people around them, each made by the program's own acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from foundation.access import Branch, BranchKind, Role, Staff
from foundation.trail import Actor
from registry.donors import actions as donors
from registry.donors.models import Donor
from registry.donors.records import ContactPerson, Person
from registry.samples import actions
from registry.samples.models import Batch, Sample
from tests.factories import consent
from tests.factories.foundation import BranchFactory, StaffFactory, actor

REGISTERED = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)
LATER = REGISTERED + timedelta(days=8)  # the seven days are over
TYPING = "A*01:01+A*02:01^B*07:02+B*08:01^DRB1*15:01+DRB1*03:01"
_numbers = count(1)


@dataclass(frozen=True)
class House:
    """A county that collects, a prefecture that sends, a laboratory that types, and one person in each."""

    county: Branch
    prefecture: Branch
    laboratory: Branch
    coordinator: Staff
    caseworker: Staff
    technician: Staff

    @property
    def collects(self) -> Actor:
        """The county's coordinator."""
        return actor(self.coordinator)

    @property
    def sends(self) -> Actor:
        """The prefecture's caseworker."""
        return actor(self.caseworker)

    @property
    def types(self) -> Actor:
        """The laboratory's technician."""
        return actor(self.technician)


def house() -> House:
    """Return branches with their people."""
    prefecture = BranchFactory(kind=BranchKind.PREFECTURE)
    county = BranchFactory(parent=prefecture)
    laboratory = BranchFactory(kind=BranchKind.LABORATORY, parent=prefecture.parent)
    return House(
        county,
        prefecture,
        laboratory,
        StaffFactory(role=Role.COORDINATOR, branch=county),
        StaffFactory(role=Role.CASEWORKER, branch=prefecture),
        StaffFactory(role=Role.LABORATORY, branch=laboratory),
    )


def volunteer(
    house: House, *, at: datetime = REGISTERED, on_paper: bool = False, branch: Branch | None = None
) -> Donor:
    """Return a donor just registered; on paper, the consents wait for verification."""
    number = next(_numbers)
    where = branch or house.county
    subject = consent.subject(where, at=at)
    proof = consent.evidence.paper() if on_paper else consent.drawn()
    consent.sign(subject, by=house.collects, at=at, proof=proof)
    person = Person(
        name="王丽华",
        document_kind="RESIDENT_ID",
        document_number=f"33010619990305{number:04}",
        sex="F",
        born_on=date(1999, 3, 5),
        phone=f"138{number:08}",
        weight_kg=Decimal(55),
    )
    contacts = [
        ContactPerson(name="王芳", phone=f"139{number:08}"),
        ContactPerson(name="李娜", phone=f"137{number:08}"),
    ]
    return donors.register(subject, person, contacts, branch=where, by=house.collects, at=at)


def barcode() -> str:
    """Return a barcode nobody has."""
    return f"TUBE-{next(_numbers):06}"


def tube(house: House, donor: Donor | None = None, *, at: datetime = REGISTERED, **facts: Any) -> Sample:
    """Return a tube just taken."""
    donor = donor or volunteer(house, at=at)
    taken = {"kind": "BLOOD", "volume_ml": Decimal(7), "barcode": barcode(), **facts}
    return actions.collect(donor, taken_at=at, by=house.collects, at=at, **taken)


def box(house: House, *samples: Sample, at: datetime = LATER) -> Batch:
    """Return an open box with these tubes in it."""
    opened = actions.open_batch(
        from_branch=house.prefecture, laboratory=house.laboratory, by=house.sends, at=at
    )
    for sample in samples:
        actions.scan_in(opened, sample.barcode, by=house.sends, at=at)
    return Batch.objects.select_related("from_branch", "laboratory").get(pk=opened.pk)


def sent(house: House, *samples: Sample, at: datetime = LATER) -> Batch:
    """Return a box that is on its way."""
    sealed = actions.seal_batch(box(house, *samples, at=at), by=house.sends, at=at)
    return actions.dispatch_batch(sealed, by=house.sends, at=at)


def at_laboratory(house: House, sample: Sample, *, at: datetime = LATER) -> Sample:
    """Return a tube that has been counted in."""
    return actions.receive(sent(house, sample, at=at), sample.barcode, by=house.types, at=at)


def again(thing: Any) -> Any:
    """Return a row as the database has it now: a protected state cannot be refreshed."""
    return type(thing).objects.get(pk=thing.pk)
