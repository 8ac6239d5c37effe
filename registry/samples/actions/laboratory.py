"""What the laboratory does with a box: count it in, and turn away what it cannot use."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.access import Branch
from foundation.trail import Actor
from registry.donors import actions as donors
from registry.donors.models import Donor
from registry.donors.reasons import SampleReason
from registry.samples import barcodes
from registry.samples.faults import NotHere
from registry.samples.models import Batch, Sample
from registry.samples.states import BatchState, SampleState


@transaction.atomic
def receive(
    batch: Batch, barcode: str, *, volume_ml: Decimal | None = None, by: Actor, at: datetime
) -> Sample:
    """
    Count one tube of a box in. A tube that is to be destroyed arrives, and stays so.

    :param volume_ml: as measured at the laboratory; unknown leaves what was written before.
    :raises barcodes.BarcodeProblem: if the barcode is not written as one.
    :raises NotHere: if the tube is not on this box's manifest.
    :raises moves.Refused: if it was counted before, or holds too little.
    """
    tube, person = _tube_of_box(batch, barcodes.check(barcode))
    vault.lock(person)
    sample = Sample.objects.get(pk=tube)
    if sample.arrived_at is not None:
        raise moves.Refused([_("This tube has been counted already.")])
    sample.arrived_at = at
    if sample.state == SampleState.DESTRUCTION_ORDERED:
        sample.save(update_fields=["arrived_at"])
        trail.record("sample.arrived", by=by, at=at, object=sample, branch=batch.laboratory_id)
        return sample
    if volume_ml is not None:
        sample.volume_ml = volume_ml
    on, saves = batch.laboratory, ["arrived_at", "volume_ml"]
    moves.make(sample, "receive", by=by, at=at, on=on, saves=saves)
    return sample


@transaction.atomic
def reject(
    sample: Sample, *, reason: str, by: Actor, at: datetime, on: Branch | Donor | None = None
) -> Sample:
    """
    Turn a tube away. Its donor is asked for a new one, by a call.

    :param reason: a code of ``SampleReason``.
    :param on: the laboratory, or by default the donor's branches, where the tube never left.
    :raises moves.Refused: if the tube is past that, or lies in a sealed box.
    """
    code = SampleReason(reason)
    vault.lock(sample.donor.subject_id)
    sample = _again(sample)
    if sample.state == SampleState.DESTRUCTION_ORDERED:
        return _never_came(sample, code, by=by, at=at)
    saves = _out_of_the_box(sample)
    sample.reject_reason = code
    moves.make(sample, "reject", by=by, at=at, on=on or sample.donor, reason=code, saves=saves)
    donors.sample_rejected(sample.donor, reason=code, by=by, at=at, on=on, sample=str(sample.pk))
    return sample


@transaction.atomic
def finish_receipt(batch: Batch, *, by: Actor, at: datetime) -> Batch:
    """
    Say that a box has been counted in.

    :raises moves.Refused: while a tube on its manifest is neither here nor turned away.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("laboratory").get(pk=batch.pk)
    batch.received_at = at
    moves.make(batch, "receive", by=by, at=at, on=batch.laboratory, saves=["received_at"])
    return batch


def _out_of_the_box(sample: Sample) -> list[str]:
    """Take a tube that is not sent out of its open box; return what is to be saved."""
    if sample.state != SampleState.BATCHED or sample.batch is None:
        return ["reject_reason"]
    if sample.batch.state != BatchState.OPEN:
        raise moves.Refused([_("This box is sealed. Break its seal to take a tube out.")])
    sample.batch = None
    return ["reject_reason", "batch"]


def _never_came(sample: Sample, code: SampleReason, *, by: Actor, at: datetime) -> Sample:
    """Note that a tube which is to be destroyed was lost on the way."""
    if code != SampleReason.LOST or sample.arrived_at is not None:
        raise moves.Refused([_("This tube is to be destroyed. Its donor is not asked for another.")])
    sample.reject_reason = code
    sample.save(update_fields=["reject_reason"])
    trail.record("sample.lost", by=by, at=at, object=sample, reason=code)
    return sample


def _tube_of_box(batch: Batch, code: str) -> tuple[UUID, UUID]:
    """Return the tube with this barcode, and its person."""
    found = batch.samples.filter(barcode=code).values_list("pk", "donor__subject_id").first()
    if found is not None:
        return found
    other = (
        Batch.objects.filter(laboratory_id=batch.laboratory_id, sent_at__isnull=False, samples__barcode=code)
        .values_list("code", flat=True)
        .first()
    )
    if other:
        raise NotHere([_("This tube belongs to box %(box)s.") % {"box": other}])
    raise NotHere([_("%(code)s is not on this box's manifest. Lay it aside.") % {"code": code}])


def _again(sample: Sample) -> Sample:
    return Sample.objects.select_related("donor__subject", "batch__laboratory").get(pk=sample.pk)
