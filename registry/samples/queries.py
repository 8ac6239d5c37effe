"""What stands in the way of tubes, and what each list shows, in as many queries at any length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from consent import gate
from consent.purposes import Purpose
from foundation import moves, vault
from foundation.access import Scope
from registry.donors import usage
from registry.donors.states import DonorState
from registry.hla.models import StoredTyping
from registry.samples import manifest, occasions
from registry.samples.models import Batch, Sample
from registry.samples.querysets import BatchQuerySet, SampleQuerySet
from registry.samples.states import BEFORE_DISPATCH, BatchState, SampleState

if TYPE_CHECKING:
    from foundation.trail import Actor
    from registry.donors.models import Donor

Tubes = SampleQuerySet
_STILL_OURS: Final = (*BEFORE_DISPATCH, SampleState.SENT, SampleState.DESTRUCTION_ORDERED)

# The consents without which no tube leaves. Source: docs/sources.md#gate
_NEEDED_TO_GO: Final = (
    Purpose.REGISTER_HPC,
    Purpose.SENSITIVE_DATA,
    Purpose.HLA_TYPING,
    Purpose.SAMPLE_STORAGE,
)


@dataclass(frozen=True, slots=True)
class InTheWay:
    """A tube and, in sentences, why it may not go. Without sentences it may."""

    sample: Sample
    sentences: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tally:
    """How a box stands at the laboratory."""

    expected: int
    arrived: int
    rejected: int
    missing: list[Sample]


def in_the_way(samples: Iterable[Sample], batch: Batch, *, by: Actor, at: datetime) -> list[InTheWay]:
    """Return the tubes of a box whose donors may not be dispatched, with the sentences of their guards."""
    checked = (
        InTheWay(
            sample,
            _missing_to_go(sample.donor, batch, by=by, at=at),
        )
        for sample in samples
    )
    return [each for each in checked if each.sentences]


def readiness(samples: Sequence[Sample], *, at: datetime) -> list[InTheWay]:
    """
    Return each tube with what still keeps it here, without asking donor by donor.

    It says the same as the guards of ``dispatch``, which are asked again when the box leaves.
    """
    subjects = [sample.donor.subject_id for sample in samples]
    agreed = {purpose: gate.allows_many(subjects, purpose) for purpose in _NEEDED_TO_GO}
    return [InTheWay(sample, list(_reasons(sample.donor, agreed, at))) for sample in samples]


def goes_on(donor: Donor) -> date:
    """Return the day from which a donor's tube may go: the cooling-off is over."""
    return timezone.localdate(donor.registered_at + timedelta(days=settings.COOLING_OFF_DAYS))


def counts(scope: Scope) -> dict[str, int]:
    """Return how many tubes of a scope are in each state before the laboratory has them."""
    tubes = Sample.objects.visible_to(scope).filter(state__in=_STILL_OURS)
    return dict(tubes.order_by().values_list("state").annotate(n=Count("pk")))


@dataclass(frozen=True, slots=True)
class DriveToLabel:
    """A drive for which labels are printed, and how many of its people have no tube yet; None if unknown."""

    pk: UUID
    name: str
    lacking: int | None


def drive_to_label(scope: Scope, asked: str) -> DriveToLabel | None:
    """Return the drive that an address names; None where it is none of the scope."""
    try:
        occasion = occasions.find(scope, UUID(asked))
    except ValueError:
        return None
    if occasion is None:
        return None
    lacking = occasion.expected - Sample.objects.of_drive(occasion.pk).count()
    most = min(lacking, settings.LABELS_MOST) if lacking > 0 else None
    return DriveToLabel(occasion.pk, occasion.name, most)


def drives_with_tubes(scope: Scope) -> list[tuple[UUID, str]]:
    """Return the drives whose tubes have not all left, by id and name."""
    here = Sample.objects.visible_to(scope).filter(state__in=BEFORE_DISPATCH, donor__drive__isnull=False)
    found = here.order_by().values_list("donor__drive_id", "donor__drive__name").distinct()
    return sorted(found, key=lambda drive: str(drive[0]), reverse=True)[:50]


def open_boxes(scope: Scope) -> BatchQuerySet:
    """Return the boxes of a scope that are being filled."""
    found = Batch.objects.sent_from(scope).filter(state=BatchState.OPEN)
    return found.select_related("laboratory").order_by("-id")[:20]


def waiting_under(batch: Batch) -> list[Sample]:
    """Return tubes of the sender's subtree that lie in no box: what may be missing in this one."""
    here = Sample.objects.filter(state=SampleState.TAKEN, donor__state=DonorState.SAMPLED)
    of_sender = here.filter(Scope.of([batch.from_path]).q("donor__service_path"))
    return list(of_sender.select_related("donor").order_by("id")[:200])


def beside(donor: Donor, boxes: models.QuerySet[Batch]) -> list[usage.Neighbour]:
    """Return whose tubes lay in some boxes besides a donor's, by barcode; each person once."""
    tubes = Sample.objects.filter(batch__in=boxes).exclude(donor=donor).order_by("barcode")
    lay = dict(tubes.values_list("donor_id", "barcode"))
    return [usage.Neighbour(donor_id, code) for donor_id, code in lay.items()]


def count_in(batch: Batch) -> Tally:
    """Return how far a laboratory has counted a box."""
    totals = batch.samples.aggregate(
        expected=Count("pk"),
        arrived=Count("pk", filter=Q(arrived_at__isnull=False)),
        rejected=Count("pk", filter=~Q(reject_reason="")),
    )
    missing = list(batch.samples.missing().order_by("barcode"))
    return Tally(**totals, missing=missing)


def manifest_lines(batch: Batch) -> list[manifest.Line] | None:
    """Return the frozen manifest of a box, or None if it does not open or was altered."""
    content = vault.open_one(batch, "manifest")["manifest"]
    if not isinstance(content, str) or manifest.fingerprint(content.encode()) != batch.manifest_sha256:
        return None
    return manifest.lines(content)


def waiting_to_go(scope: Scope, *, at: datetime) -> int:
    """Return how many tubes of a scope could leave now, as far as the cooling-off goes."""
    since = at - timedelta(days=settings.COOLING_OFF_DAYS)
    tubes = Sample.objects.visible_to(scope).filter(
        state__in=[SampleState.TAKEN, SampleState.BATCHED],
        donor__state=DonorState.SAMPLED,
        donor__registered_at__lte=since,
    )
    return tubes.order_by()[:10_001].count()


def _missing_to_go(donor: Donor, batch: Batch, *, by: Actor, at: datetime) -> list[str]:
    missing = moves.missing(donor, "dispatch", by=by, at=at, batch=batch)
    if missing is None:
        return [_("The donor is not waiting for dispatch: %(state)s.") % {"state": donor.get_state_display()}]
    return [str(sentence) for sentence in missing]


def _reasons(donor: Donor, agreed: dict[Purpose, set[UUID]], at: datetime) -> Iterable[str]:
    if donor.state != DonorState.SAMPLED:
        yield _("The donor is not waiting for dispatch: %(state)s.") % {"state": donor.get_state_display()}
    if at < donor.registered_at + timedelta(days=settings.COOLING_OFF_DAYS):
        yield _("May go from %(day)s: the seven days to think it over are not up.") % {"day": goes_on(donor)}
    if any(donor.subject_id not in have for have in agreed.values()):
        yield _("A consent is not in force: the paper waits for verification, or it was withdrawn.")
    if donor.death_reported_at is not None:
        yield _("This person was reported dead.")


@dataclass(frozen=True, slots=True)
class TypingLine:
    """A stored typing for a page: its loci, and its words where the reader may see them."""

    typing: StoredTyping
    loci: str
    words: object


def typings_of(donor: Donor, *, opened: bool) -> list[TypingLine]:
    """Return a donor's typings, the newest first; sealed unless ``opened``."""
    typings = list(StoredTyping.objects.filter(donor=donor).select_related("sample").order_by("-id"))
    words = [cells["text"] for cells in vault.open(typings, ["text"])] if opened else [None] * len(typings)
    return [
        TypingLine(typing, " · ".join(typing.loci), word) for typing, word in zip(typings, words, strict=True)
    ]
