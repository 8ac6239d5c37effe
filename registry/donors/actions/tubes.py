"""What the room of samples tells of a donor's tube: taken, turned away, exchanged, sent, typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from foundation import trail
from foundation.trail import Actor
from registry import signals
from registry.donors.actions import common
from registry.donors.actions.tasks import cancel_tasks, open_unasked
from registry.donors.models import CallKind, Donor
from registry.donors.reasons import SampleReason
from registry.donors.states import DonorState


@transaction.atomic
def collected(
    donor: Donor,
    *,
    by: Actor,
    at: datetime,
    on: Any = None,
    recorded_at: datetime | None = None,
    **facts: Any,
) -> Donor:
    """
    Note that a tube was taken.

    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    common.move(donor, "collect_sample", by=by, at=at, on=on, recorded_at=recorded_at, **facts)
    return donor


@transaction.atomic
def sample_rejected(
    donor: Donor, *, reason: str, by: Actor, at: datetime, on: Any = None, **facts: Any
) -> Donor:
    """
    Go back to the start because the tube cannot be used, and ask for a call.

    A donor on hold stays on hold, and goes back to the start afterwards.

    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    if not _paused_on_the_way(donor, DonorState.REGISTERED, by=by, at=at):
        common.move(donor, "reject_sample", by=by, at=at, on=on, reason=SampleReason(reason), **facts)
    open_unasked(donor, CallKind.RESAMPLE, due_on=common.day_of(at), at=at)
    return donor


@transaction.atomic
def tubes_swapped(
    donor: Donor, *, reason: str, by: Actor, at: datetime, on: Any = None, **facts: Any
) -> Donor:
    """
    Note that the donor's tube was exchanged with another's.

    :raises moves.Refused: without a second person's agreement, or after dispatch.
    """
    donor = common.locked(donor)
    common.move(donor, "swap_tubes", by=by, at=at, on=on, reason=reason, **facts)
    return donor


@transaction.atomic
def dispatched(donor: Donor, *, by: Actor, at: datetime, on: Any = None, **facts: Any) -> Donor:
    """
    Note that the tube left the house.

    :param on: the branch that sends the box.
    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    common.move(donor, "dispatch", by=by, at=at, on=on, **facts)
    return donor


@transaction.atomic
def typed(donor: Donor, *, by: Actor, at: datetime, on: Any = None, **facts: Any) -> Donor:
    """
    Note that the typing is here, and ask for the call before listing.

    :param on: the laboratory whose typing it is.
    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    if not _paused_on_the_way(donor, DonorState.TYPED, by=by, at=at):
        common.move(donor, "record_typing", by=by, at=at, on=on, **facts)
    open_unasked(donor, CallKind.PRE_LISTING, due_on=common.day_of(at), at=at)
    return donor


@transaction.atomic
def dispute_typing(donor: Donor, *, reason: str, by: Actor, at: datetime, on: Any = None) -> Donor:
    """
    Go back to the start because the typing may not be this person's.

    Every room that used the typing is told in the same transaction.

    :param reason: ``TQ`` or ``TQ_MIXED_UP``.
    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    saves = [*common.remember(donor), *common.clear_pause(donor)]
    common.move(donor, "dispute_typing", by=by, at=at, on=on, reason=reason, saves=saves)
    signals.typing_disputed.send(Donor, donor=donor, reason=reason, by=by, at=at)
    cancel_tasks(donor, at=at, kinds=[CallKind.PRE_LISTING, CallKind.HOLD_ENDED])
    open_unasked(donor, CallKind.RESAMPLE, due_on=common.day_of(at), at=at)
    return donor


def _paused_on_the_way(donor: Donor, onward: DonorState, *, by: Actor, at: datetime) -> bool:
    """Move the end of a pause on, where the tube went its way meanwhile."""
    if donor.state != DonorState.ON_HOLD:
        return False
    if donor.return_to not in {DonorState.SAMPLED, DonorState.TYPING}:
        return False
    before, donor.return_to = donor.return_to, onward
    donor.save(update_fields=["return_to"])
    trail.record(
        "donor.return_moved",
        by=by,
        at=at,
        object=donor,
        before={"return_to": before},
        after={"return_to": str(onward)},
    )
    return True
