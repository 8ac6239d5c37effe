"""What tubes and boxes do when something else happens to a donor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from foundation.moves.stops import Stop
from foundation.trail import Actor
from registry.donors.models import Donor
from registry.samples import actions
from registry.samples.models import Sample
from registry.samples.states import SampleState

DESTRUCTION_ORDERED = "samples.destruction_ordered"
DESTROYED_BEFORE = "samples.destroyed_before"
NOTHING_KEPT = "samples.nothing_kept"
DESTRUCTION_DUE = "samples.destruction_due"


def donor_withdrawn(
    *, donor: Donor, destroy_now: bool = False, by: Actor, at: datetime, **_more: Any
) -> list[Stop]:
    """Order that the donor's tubes be destroyed, and say so on the receipt. Safe to run twice."""
    actions.order_destruction(donor, by=by, at=at, now=destroy_now)
    tubes = Sample.objects.filter(donor=donor)
    ordered = tubes.to_be_destroyed().count()
    gone = tubes.filter(state=SampleState.DESTROYED).count()
    lines = []
    if ordered:
        lines.append(Stop(DESTRUCTION_ORDERED, at, count=ordered, remains=DESTRUCTION_DUE))
    if gone:
        lines.append(Stop(DESTROYED_BEFORE, at, count=gone))
    return lines or [Stop(NOTHING_KEPT, at)]


def donor_restored(
    *, donor: Donor, move: str, since: datetime, by: Actor, at: datetime, **_more: Any
) -> None:
    """Take the destruction order, or the doubt about the typing, back: it was recorded by mistake."""
    if move == "withdraw":
        actions.lift_destruction(donor, by=by, at=at)
    if move == "dispute_typing":
        actions.lift_dispute(donor, since=since, by=by, at=at)


def sample_stopped(*, donor: Donor, by: Actor, at: datetime, **_more: Any) -> Stop | None:
    """Take the donor's tubes out of boxes that have not left; they are kept."""
    pulled = actions.pull(donor, by=by, at=at)
    return Stop("samples.pulled", at, count=pulled) if pulled else None


def typing_disputed(*, donor: Donor, reason: str, by: Actor, at: datetime, **_more: Any) -> None:
    """Set the donor's typings aside, and turn away the tubes that wait for one."""
    actions.set_typings_aside(donor, reason=reason, by=by, at=at)


def donor_merged(*, kept: Donor, emptied: Donor, by: Actor, at: datetime, **_more: Any) -> dict[str, Any]:
    """Bring the tubes and typings of two records of one person together."""
    return actions.bring_over(kept, emptied, by=by, at=at)


def donor_parted(*, kept: Donor, emptied: Donor, moved: dict[str, Any], **_more: Any) -> None:
    """Give them back: the two records are of two people."""
    actions.bring_back(kept, emptied, moved)
