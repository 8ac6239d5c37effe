"""Ordering that tubes be destroyed when their donor withdraws, and seeing to it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation import moves, trail, vault
from foundation.trail import Actor
from registry.donors.models import Donor
from registry.donors.reasons import SampleReason
from registry.samples.actions.following import opened_box_of, who_follows
from registry.samples.models import Sample
from registry.samples.states import STILL_THERE, SampleState


@transaction.atomic
def order_destruction(donor: Donor, *, by: Actor, at: datetime, now: bool = False) -> list[Sample]:
    """
    Order that every tube of a donor be destroyed, in seven days or at once.

    A tube that has not left comes out of its box, and the seal of that box is broken,
    so that it cannot be sent. Done twice, the second time changes nothing but the day.

    Source: docs/sources.md#sample-destruction
    """
    vault.lock(donor.subject_id)
    day = timezone.localdate(at) + timedelta(days=0 if now else settings.DESTRUCTION_DAYS)
    Sample.objects.filter(donor=donor, state=SampleState.DESTRUCTION_ORDERED, destroy_on__gt=day).update(
        destroy_on=day
    )
    tubes = Sample.objects.filter(donor=donor, state__in=STILL_THERE).exclude(reject_reason=SampleReason.LOST)
    orderer = who_follows(donor, by=by, at=at)
    return [_order(sample, day, by=orderer, at=at) for sample in tubes.select_related("donor")]


@transaction.atomic
def lift_destruction(donor: Donor, *, by: Actor, at: datetime) -> list[Sample]:
    """Take the order back for every tube that was not destroyed yet."""
    vault.lock(donor.subject_id)
    ordered = Sample.objects.filter(donor=donor, state=SampleState.DESTRUCTION_ORDERED)
    lifter = who_follows(donor, by=by, at=at)
    return [_lift(sample, by=lifter, at=at) for sample in ordered.select_related("donor")]


@transaction.atomic
def pull(donor: Donor, *, by: Actor, at: datetime) -> int:
    """Take a donor's tubes out of boxes that have not left; they are kept. Returns how many."""
    vault.lock(donor.subject_id)
    boxed = Sample.objects.filter(donor=donor, state=SampleState.BATCHED).select_related("donor")
    puller = who_follows(donor, by=by, at=at)
    for sample in (tubes := list(boxed)):
        batch = opened_box_of(sample, by=puller, at=at)
        sample.batch = None
        moves.make(sample, "take_out", by=puller, at=at, on=sample.donor, saves=["batch"], batch=batch)
    return len(tubes)


@transaction.atomic
def destroy(sample: Sample, *, by: Actor, at: datetime, on: object = None) -> Sample:
    """
    Record that a tube was destroyed.

    :raises moves.Refused: before its day, or without an order.
    """
    vault.lock(sample.donor.subject_id)
    sample = Sample.objects.select_related("donor", "batch__laboratory").get(pk=sample.pk)
    sample.destroyed_at = at
    moves.make(sample, "destroy", by=by, at=at, on=on or sample.donor, saves=["destroyed_at"])
    return sample


@transaction.atomic
def call_for_destruction(*, on: date, by: Actor, at: datetime) -> int:
    """Put the tubes whose day has come on the lists of who keeps them; return how many."""
    due = Sample.objects.to_destroy(on).filter(destruction_called_at__isnull=True)
    tubes = list(due.select_for_update(of=("self",)).order_by("pk"))
    for sample in tubes:
        sample.destruction_called_at = at
        trail.record("sample.destruction_called", by=by, at=at, object=sample, day=sample.destroy_on)
    Sample.objects.bulk_update(tubes, ["destruction_called_at"], batch_size=500)
    return len(tubes)


def _order(sample: Sample, day: date, *, by: Actor, at: datetime) -> Sample:
    saves = ["return_to", "destroy_on"]
    sample.return_to, sample.destroy_on = sample.state, day
    if sample.state == SampleState.BATCHED:
        opened_box_of(sample, by=by, at=at)
        sample.batch, sample.return_to = None, SampleState.TAKEN
        saves.append("batch")
    moves.make(sample, "order_destruction", by=by, at=at, on=sample.donor, saves=saves)
    return sample


def _lift(sample: Sample, *, by: Actor, at: datetime) -> Sample:
    sample.destroy_on = sample.destruction_called_at = None
    saves = ["destroy_on", "destruction_called_at"]
    moves.make(sample, "lift_destruction", by=by, at=at, on=sample.donor, saves=saves)
    return sample
