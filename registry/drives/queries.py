"""What the board of a drive shows, who lacks what, and whether somebody is registered already."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from consent.models import Consent
from consent.purposes import Purpose
from consent.states import STANDING, EvidenceKind
from foundation import vault
from foundation.vault import Capacity, Subject
from registry.donors.models import Donor
from registry.donors.states import GONE
from registry.drives.models import Draft, Drive, DriveClosing
from registry.drives.states import DriveKind, Lack
from registry.samples.models import Sample
from registry.samples.states import SampleState

if TYPE_CHECKING:
    from foundation.access import Scope

_NO_TUBE_ANY_MORE = (SampleState.REJECTED, SampleState.DESTROYED)


@dataclass(frozen=True, slots=True)
class Problem:
    """A volunteer of the day who lacks something. ``name`` is opened for one's own drive only, else masked."""

    donor_id: UUID
    grid: str
    name: str = field(repr=False)
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """People, tubes and signatures of one day of a drive; they should be equal."""

    people: int
    tubes: int
    signatures: int
    lacking: tuple[tuple[UUID, tuple[Lack, ...]], ...]

    @property
    def agrees(self) -> bool:
        """Return whether nobody lacks anything."""
        return not self.lacking


def people_of(drive: Drive, day: date) -> QuerySet[Donor]:
    """Return who was enrolled at a drive; at an office, on one day. Who has withdrawn lacks nothing any more."""
    people = Donor.objects.filter(drive=drive).exclude(state__in=GONE)
    if drive.kind != DriveKind.OFFICE:
        return people
    begins = timezone.make_aware(datetime.combine(day, time.min))
    ends = timezone.make_aware(datetime.combine(day, time.max))
    return people.filter(registered_at__range=(begins, ends))


def _with_marks(people: QuerySet[Donor]) -> QuerySet[Donor]:
    tubes = Sample.objects.filter(donor=OuterRef("pk")).exclude(state__in=_NO_TUBE_ANY_MORE)
    signed = Consent.objects.filter(
        Q(evidence__attached_at__isnull=False, evidence__returned_at__isnull=True)
        | Q(evidence__kind=EvidenceKind.PAPER_BOX),
        subject=OuterRef("subject_id"),
        purpose=Purpose.REGISTER_HPC,
        state__in=STANDING,
    )
    return people.annotate(has_tube=Exists(tubes), has_signature=Exists(signed))


def count(drive: Drive, day: date) -> Tally:
    """Return how many people, tubes and signatures the day has, and who lacks what. One query."""
    rows = list(_with_marks(people_of(drive, day)).order_by("id").values_list("id", "has_tube", "has_signature"))
    lacking = tuple((donor_id, _lacks(tube=tube, signed=signed)) for donor_id, tube, signed in rows)
    return Tally(
        people=len(rows),
        tubes=sum(tube for _, tube, _ in rows),
        signatures=sum(signed for _, _, signed in rows),
        lacking=tuple((donor_id, lacks) for donor_id, lacks in lacking if lacks),
    )


def _lacks(*, tube: bool, signed: bool) -> tuple[Lack, ...]:
    return (() if tube else (Lack.TUBE,)) + (() if signed else (Lack.SIGNATURE,))
