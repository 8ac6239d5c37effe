"""Record many tubes at once, for the sheet of a drive: who took them and their volume are not known yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from foundation import rows
from foundation.moves.making import setattr_state
from foundation.moves.many import step_into
from foundation.moves.models import Step
from registry.samples.models import Sample
from registry.samples.states import SampleKind, SampleState

if TYPE_CHECKING:
    from foundation.trail import Actor
    from registry.donors.models import Donor

_PIECE = 500


@dataclass(frozen=True, slots=True)
class Tube:
    """One tube of a new donor, not saved yet."""

    sample: Sample
    step: rows.Cut


def taken(donor: Donor, barcode: str, *, by: Actor, at: datetime, recorded_at: datetime) -> Tube:
    """
    Return a tube of blood taken from a donor who comes in with it, not saved.

    :param barcode: as ``barcodes.check`` gives it.
    :param at: the day of the sheet.
    """
    facts = {"barcode": barcode, "donor": donor, "kind": SampleKind.BLOOD, "taken_at": at}
    sample = rows.new(Sample, **facts, **by.columns())
    setattr_state(sample, SampleState.TAKEN)
    return Tube(sample, step_into(sample.state, sample, "collect", by=by, at=at, recorded_at=recorded_at))


def taken_over(
    donor: Donor, barcode: str, *, is_here: bool, by: Actor, at: datetime, recorded_at: datetime
) -> Tube:
    """
    Return a tube of the records before, not saved.

    :param is_here: it waits to be sent; of any other nobody here knows where it is.
    """
    sample = Sample(barcode=barcode, donor=donor, kind=SampleKind.BLOOD, taken_at=at, **by.columns())
    setattr_state(sample, SampleState.TAKEN if is_here else SampleState.TAKEN_OVER)
    return Tube(sample, step_into(sample.state, sample, "take_over", by=by, at=at, recorded_at=recorded_at))


def barcodes_in_use(barcodes: Collection[str]) -> set[str]:
    """Return those of these tube numbers that any tube of the registry has."""
    wanted = list(barcodes)
    return {
        barcode
        for start in range(0, len(wanted), _PIECE)
        for barcode in Sample.objects.filter(barcode__in=wanted[start : start + _PIECE]).values_list(
            "barcode", flat=True
        )
    }


class Packed(NamedTuple):
    """A tube that is not saved yet, as values that are kept cheaply."""

    id: UUID
    sample: rows.Values
    step: rows.Cut

    @classmethod
    def of(cls, tube: Tube) -> Packed:
        """Pack a tube."""
        return cls(tube.sample.pk, rows.values_of(tube.sample), tube.step)

    def unpacked(self) -> Tube:
        """Return the tube again."""
        return Tube(rows.model_of(Sample, self.sample), self.step)


def insert_new(tubes: Sequence[Packed]) -> None:
    """
    Insert tubes within the caller's transaction, all of them.

    :raises IntegrityError: if another has one of their numbers by now.
    """
    rows.insert(Sample, [tube.sample for tube in tubes])
    rows.insert(Step, [tube.step for tube in tubes])


def insert(tubes: Sequence[Tube]) -> set[UUID]:
    """
    Insert tubes within the caller's transaction; one whose number another has by now is left out.

    :returns: the ids of the donors whose tube is in.
    """
    ordered = sorted(tubes, key=lambda tube: tube.sample.barcode)
    rows.insert(Sample, (tube.sample for tube in ordered), skip_conflicts=True)
    ids = [tube.sample.pk for tube in ordered]
    inside = {
        pk
        for start in range(0, len(ids), _PIECE)
        for pk in Sample.objects.filter(pk__in=ids[start : start + _PIECE]).values_list("pk", flat=True)
    }
    kept = [tube for tube in ordered if tube.sample.pk in inside]
    rows.insert(Step, (tube.step for tube in kept))
    return {tube.sample.donor_id for tube in kept}
