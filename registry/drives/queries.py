"""What the calendar and the board of a drive show, and who lacks what when a day is counted up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from consent.models import Consent
from consent.purposes import Purpose
from consent.states import STANDING, EvidenceKind
from foundation import moves, vault
from foundation.moves import Step as StepOf
from foundation.pages import masks
from registry.donors.models import Donor
from registry.donors.states import GONE
from registry.drives.answers import Answers
from registry.drives.models import Draft, Drive, DriveClosing, DriveStaff
from registry.drives.states import CalledOff, DriveKind, Lack, Step
from registry.samples.models import Sample
from registry.samples.states import SampleKind, SampleState

if TYPE_CHECKING:
    from foundation.access import Scope

CALL_OFF = "call_off"  # the move
_TODAY_MOST = 5  # drives on one Today page
_NO_TUBE_ANY_MORE = (SampleState.REJECTED, SampleState.DESTROYED)


@dataclass(frozen=True, slots=True)
class Problem:
    """A volunteer of the day who lacks something, by name at one's own drive only, else masked."""

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
    papers: int  # of the signatures, those on paper
    scans_missing: int  # of the papers, those whose scan is still to come
    lacking: tuple[tuple[UUID, tuple[Lack, ...]], ...]

    @property
    def agrees(self) -> bool:
        """Return whether nobody lacks anything."""
        return not self.lacking


def people_of(drive: Drive, day: date) -> QuerySet[Donor]:
    """Return who was enrolled at a drive; at an office, on one day. Who has left lacks nothing any more."""
    people = Donor.objects.filter(drive=drive).exclude(state__in=GONE)
    if drive.kind != DriveKind.OFFICE:
        return people
    begins = timezone.make_aware(datetime.combine(day, time.min))
    ends = timezone.make_aware(datetime.combine(day, time.max))
    return people.filter(registered_at__range=(begins, ends))


def _with_marks(people: QuerySet[Donor]) -> QuerySet[Donor]:
    tubes = Sample.objects.filter(donor=OuterRef("pk")).exclude(state__in=_NO_TUBE_ANY_MORE)
    signed = Consent.objects.filter(
        subject=OuterRef("subject_id"),
        purpose=Purpose.REGISTER_HPC,
        state__in=STANDING,
        evidence__returned_at=None,
    )
    on_paper = signed.filter(evidence__kind=EvidenceKind.PAPER)
    return people.annotate(
        has_tube=Exists(tubes),
        has_signature=Exists(signed),
        on_paper=Exists(on_paper),
        lacks_scan=Exists(on_paper.filter(evidence__attached_at=None)),
    )


def count(drive: Drive, day: date) -> Tally:
    """Return how many people, tubes and signatures the day has, and who lacks what. One query."""
    marks = ("id", "has_tube", "has_signature", "on_paper", "lacks_scan")
    rows = list(_with_marks(people_of(drive, day)).order_by("id").values_list(*marks))
    lacking = ((row[0], _lacks(tube=row[1], signed=row[2])) for row in rows)
    tubes, signatures, papers, scans = (sum(row[n] for row in rows) for n in range(1, len(marks)))
    return Tally(
        people=len(rows),
        tubes=tubes,
        signatures=signatures,
        papers=papers,
        scans_missing=scans,
        lacking=tuple((donor_id, lacks) for donor_id, lacks in lacking if lacks),
    )


def _lacks(*, tube: bool, signed: bool) -> tuple[Lack, ...]:
    return (() if tube else (Lack.TUBE,)) + (() if signed else (Lack.SIGNATURE,))


def day_of(drive: Drive, today: date) -> date:
    """Return the day a board speaks of: the drive's own, or today at an office."""
    return drive.on_date or today


def problems(tally: Tally, *, opened: bool) -> list[Problem]:
    """Return who lacks what, in the order of enrolment, with their names opened or masked."""
    lacking = dict(tally.lacking)
    people = list(
        Donor.objects.filter(pk__in=lacking).order_by("id").only("id", "grid", "name", "seal_version")
    )
    names = [row["name"] for row in vault.open(people, ["name"])]
    shown = [name if opened or not isinstance(name, str) else masks.name(name) for name in names]
    return [
        Problem(donor.pk, donor.grid, name if isinstance(name, str) else "", lacking[donor.pk])
        for donor, name in zip(people, shown, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft on the board: its number, the step it waits at, and whose it is."""

    draft: Draft
    name: str = field(repr=False)

    @property
    def step(self) -> str:
        """Return the step in the reader's words."""
        return str(Step(self.draft.step).label)


def waiting(drive: Drive, *, opened: bool) -> list[Waiting]:
    """Return the drafts of a drive that are not done, the oldest first; own forms once they were seen."""
    begun = drive.drafts.filter(donor=None).exclude(own_form=True, seen_at=None)
    drafts = list(begun.select_related("started_by").order_by("number"))
    told = (Answers.read(text) if isinstance(text := row["answers"], str) else Answers() for row in
            vault.open(drafts, ["answers"]))  # fmt: skip
    typed = [((answers.typed(Step.DOCUMENT) or {}).get("name") or [""])[0] for answers in told]
    return [
        Waiting(draft, name if opened or not name else masks.name(name))
        for draft, name in zip(drafts, typed, strict=True)
    ]


def calendar_of(scope: Scope, begins: date, ends: date) -> list[Drive]:
    """Return the drives of a span of days, with how many were enrolled at each."""
    found = Drive.objects.visible_to(scope).filter(on_date__range=(begins, ends), kind=DriveKind.DRIVE)
    counted = found.annotate(enrolled=_enrolled(), called_off=_called_off())
    return list(counted.select_related("branch", "place").order_by("on_date", "starts", "id"))


def _enrolled() -> Any:
    people = Donor.objects.filter(drive=OuterRef("pk")).order_by().values("drive")
    return Coalesce(Subquery(people.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def today_of(scope: Scope, staff_id: UUID, today: date) -> list[Drive]:
    """Return today's drives: those one works at first, then the others of one's branches."""
    found = Drive.objects.visible_to(scope).filter(on_date=today).select_related("branch", "place")
    mine = Exists(DriveStaff.objects.filter(drive=OuterRef("pk"), staff_id=staff_id))
    marked = found.annotate(mine=mine, called_off=_called_off())
    return list(marked.order_by("-mine", "starts", "id")[:_TODAY_MOST])


def why_called_off(drive: Drive) -> CalledOff | None:
    """Return why a drive was called off; None where it was not, or was opened since."""
    last = moves.steps_of(drive).last()
    return CalledOff(last.reason) if last is not None and last.move == CALL_OFF else None


def _called_off() -> Subquery:
    """Return why a drive was called off, as a code; "" where it was not, or was opened since."""
    steps = StepOf.objects.filter(object_type=Drive._meta.label_lower, object_id=OuterRef("pk"))
    why = Case(When(move=CALL_OFF, then=F("reason")), default=Value(""), output_field=CharField())
    return Subquery(steps.order_by("-at", "-id").values_list(why)[:1])


def is_own(drive: Drive, *, staff_id: UUID, branches: set[str], today: date) -> bool:
    """
    Return whether this drive is one's own work today, which opens its fields without a reason.

    It is today's drive or an office, of one's own branch or with oneself on its team.

    Source: security.md section 2.
    """
    if drive.kind != DriveKind.OFFICE and drive.on_date != today:
        return False
    return str(drive.branch_id) in branches or drive.team.filter(staff_id=staff_id).exists()


def last_closing(drive: Drive, day: date) -> DriveClosing | None:
    """Return the last counting up of a day, if there was one."""
    return drive.closings.filter(on_date=day).order_by("-at").first()


def barcodes_of(drive: Drive, day: date) -> list[str]:
    """Return the barcodes of the day's tubes, in their order."""
    tubes = Sample.objects.filter(donor__in=people_of(drive, day)).exclude(state__in=_NO_TUBE_ANY_MORE)
    return list(tubes.order_by("barcode").values_list("barcode", flat=True))


def usual_volume(drive: Drive | None) -> Decimal:
    """Return what the last tube of blood at a drive held, as the next one most likely does."""
    tubes = Sample.objects.filter(donor__drive=drive, kind=SampleKind.BLOOD, volume_ml__isnull=False)
    last = tubes.order_by("-id").values_list("volume_ml", flat=True).first()
    return Decimal(settings.SAMPLE_BLOOD_USUAL_ML) if last is None else last
