"""Whose a tube was at a moment: two tubes whose labels were mixed up may have changed hands since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from foundation import moves
from foundation.approvals.models import Approval
from registry.samples.actions.swaps import SWAP
from registry.samples.models import Sample

if TYPE_CHECKING:
    from registry.donors.models import Donor


@dataclass(frozen=True, slots=True)
class Held:
    """Whose a tube was, from one moment to another; None where that has no end."""

    donor: Donor
    since: datetime | None
    until: datetime | None

    def covers(self, at: datetime) -> bool:
        """Return whether a moment lies in this time; the moment of an exchange belongs to before."""
        return (self.since is None or at > self.since) and (self.until is None or at <= self.until)


def holders(sample: Sample) -> list[Held]:
    """Return whose a tube was since it was taken, the first first. Ask for the donor with the tube."""
    if not moves.steps_of(sample).filter(move="swap").exists():
        return [Held(sample.donor, None, None)]
    times = [at for _swap, at in _swaps(sample.pk)]
    bounds = zip([None, *times], [*times, None], strict=True)
    return [Held(_after(sample.pk, since), since, until) for since, until in bounds]


def _after(sample_id: UUID, since: datetime | None) -> Donor:
    """Return whose a tube was right after a moment: before an exchange, it was whose the other was after."""
    later = next(((swap, at) for swap, at in _swaps(sample_id) if since is None or at > since), None)
    if later is None:
        return Sample.objects.select_related("donor__subject").get(pk=sample_id).donor
    swap, at = later
    first, second = UUID(swap.facts["first"]), UUID(swap.facts["second"])
    return _after(second if sample_id == first else first, at)


def _swaps(sample_id: UUID) -> list[tuple[Approval, datetime]]:
    """Return the exchanges a tube was part of and when they were made, the first first."""
    named = Q(facts__first=str(sample_id)) | Q(facts__second=str(sample_id))
    made = Approval.objects.filter(named, kind=SWAP).order_by("used_at", "id")
    return [(swap, swap.used_at) for swap in made if swap.used_at is not None]
