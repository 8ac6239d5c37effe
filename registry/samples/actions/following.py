"""What follows for tubes and boxes from a withdrawal or a dispute; never refused for want of a right."""

from __future__ import annotations

from datetime import datetime

from foundation import access, moves
from foundation.trail import Actor, ActorKind
from registry.donors.models import Donor
from registry.samples.models import Batch, Sample
from registry.samples.states import WHO_MAY_STOP, BatchState


def opened_box_of(sample: Sample, *, by: Actor, at: datetime) -> Batch:
    """Return the box of a tube that has not left, its seal broken if it had one."""
    batch = Batch.objects.select_for_update(of=("self",)).get(samples=sample)
    if batch.state == BatchState.SEALED:
        batch.manifest_sha256, batch.tubes, batch.sealed_at = "", 0, None
        saves = ["manifest_sha256", "tubes", "sealed_at"]
        moves.make(batch, "break_seal", by=by, at=at, on=sample.donor, saves=saves)
    return batch


def who_follows(donor: Donor, *, by: Actor, at: datetime) -> Actor:
    """
    Return who does what follows from a withdrawal or a dispute.

    A withdrawal may be recorded by anyone, through the door between branches too, so
    what follows from it is never refused for want of a right at the donor's branch.
    """
    if by.kind != ActorKind.STAFF:
        return by
    holds = any(access.may(by, permission, on=donor, at=at) for permission in WHO_MAY_STOP)
    return by if holds else access.task_actor("samples.following")
