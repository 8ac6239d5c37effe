"""Taking a tube."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from foundation import moves, vault
from foundation.trail import Actor, ActorKind
from registry.donors import actions as donors
from registry.donors.models import Donor
from registry.samples import barcodes
from registry.samples.faults import BarcodeTaken
from registry.samples.models import Sample


@transaction.atomic
def collect(
    donor: Donor,
    *,
    barcode: str,
    kind: str,
    volume_ml: Decimal | None = None,
    taken_at: datetime,
    by: Actor,
    at: datetime,
    on: Any = None,
    from_sheet: bool = False,
) -> Sample:
    """
    Record that a tube was taken from a donor, and that the donor is sampled.

    :param on: where the right is asked; by default the donor's own branches.
    :param from_sheet: the tube came in with a list: who took it is not known.
    :raises barcodes.BarcodeProblem: if the barcode is not written as one.
    :raises BarcodeTaken: if any tube of the registry has it.
    :raises moves.Refused: if the donor may not give a tube now.
    """
    vault.lock(donor.subject_id)
    sample = Sample(
        barcode=barcodes.check(barcode),
        donor=donor,
        kind=kind,
        volume_ml=volume_ml,
        taken_at=taken_at,
        taken_by_id=None if from_sheet else _staff_id(by),
        **by.columns(),
    )
    if Sample.objects.filter(barcode=sample.barcode).exists():
        raise BarcodeTaken
    try:
        with transaction.atomic():
            moves.begin(sample, "collect", by=by, at=taken_at, recorded_at=at, on=on or donor)
    except IntegrityError as clash:  # somebody else's phone was faster
        raise BarcodeTaken from clash
    donors.collected(donor, by=by, at=taken_at, recorded_at=at, on=on, kind=kind, volume_ml=volume_ml)
    return sample


def _staff_id(by: Actor) -> UUID | None:
    return UUID(by.id) if by.kind == ActorKind.STAFF else None
