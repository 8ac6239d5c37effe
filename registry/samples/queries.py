"""What stands in the way of tubes, and what each list shows. A list costs the same number of queries at any length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from consent import gate
from consent.purposes import Purpose
from foundation import moves, vault
from registry.donors.states import DonorState
from registry.samples import manifest
from registry.samples.models import Batch, Sample
from registry.samples.states import SampleState

if TYPE_CHECKING:
    from uuid import UUID

    from foundation.access import Scope
    from foundation.trail import Actor
    from registry.donors.models import Donor

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


def in_the_way(
    samples: Iterable[Sample], batch: Batch, *, by: Actor, at: datetime
) -> list[InTheWay]:
    """Return the tubes of a box whose donors may not be dispatched, with the sentences of their guards."""
    checked = (
        InTheWay(
            sample,
            moves.missing(sample.donor, "dispatch", by=by, at=at, on=batch.from_branch, batch=batch),
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


def volumes(scope: Scope, *, drive: UUID | None = None) -> dict[str, int]:
    """Return how many tubes of a scope are in each state that still needs something done."""
    tubes = Sample.objects.visible_to(scope)
    if drive is not None:
        tubes = tubes.of_drive(drive)
    counted = tubes.values_list("state").annotate(n=Count("pk"))
    return dict(counted.values_list("state", "n"))


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


def _reasons(donor: Donor, agreed: dict[Purpose, set[UUID]], at: datetime) -> Iterable[str]:
    if donor.state != DonorState.SAMPLED:
        yield _("The donor is not waiting for dispatch: %(state)s.") % {"state": donor.get_state_display()}
    if at < donor.registered_at + timedelta(days=settings.COOLING_OFF_DAYS):
        yield _("May go from %(day)s: the seven days to think it over are not up.") % {"day": goes_on(donor)}
    if any(donor.subject_id not in have for have in agreed.values()):
        yield _("A consent is not in force: the paper waits for verification, or it was withdrawn.")
    if donor.death_reported_at is not None:
        yield _("This person was reported dead.")
