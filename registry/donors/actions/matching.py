"""What a match case makes of a donor: kept for a patient, let go, donated, offered again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from foundation import approvals, moves, trail
from foundation.approvals import Approval
from foundation.trail import Actor
from registry import signals
from registry.donors import reasons, rules
from registry.donors.actions import common
from registry.donors.guards import months_later
from registry.donors.models import Donor
from registry.donors.reasons import Reason
from registry.donors.states import DonorState


@transaction.atomic
def reserve(donor: Donor, *, by: Actor, at: datetime, cleared: bool = False) -> str:
    """
    Keep a donor for one patient, and return the state they were reserved from.

    :param cleared: the medical reviewer agreed, needed after a donation.
    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    came_from = str(donor.state)
    saves = [*common.remember(donor), *common.clear_pause(donor)]
    common.move(donor, "reserve", by=by, at=at, saves=saves, cleared=cleared)
    return came_from


@transaction.atomic
def free(donor: Donor, *, to: DonorState, by: Actor, at: datetime, reason: str = Reason.OT) -> Donor:
    """
    Let a donor go from a case, to the state reserved from, to EXCLUDED, or to REGISTERED (typing in doubt).

    To LISTED only by its guards; else the donor is paused for a month and stands on the call list.

    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    before = dict(donor.before)
    saves = ["return_to", "hold_until", "hold_reason", "left_at", "left_reason"]
    _prepare(donor, _where(donor, to, by=by, at=at), before=before, at=at, reason=reason)
    common.move(donor, "free", by=by, at=at, reason=reason, saves=saves, to=str(to))
    if reason in {Reason.TQ, Reason.TQ_MIXED_UP}:
        signals.typing_disputed.send(Donor, donor=donor, reason=reason, by=by, at=at)
    return donor


@transaction.atomic
def remember_pause(donor: Donor, *, reason: str, at: datetime) -> Donor:
    """Keep in mind that a donor would be paused now whom the next case keeps: ``free`` takes it up."""
    donor = common.locked(donor)
    before = dict(donor.before)
    _pause_again(donor, before, at=at, reason=reason)
    until = donor.hold_until.isoformat() if donor.hold_until else None
    donor.before = {**before, "hold_until": until, "hold_reason": donor.hold_reason}
    donor.save(update_fields=["before"])
    return donor


@transaction.atomic
def donate(donor: Donor, *, by: Actor, at: datetime, collected: bool) -> Donor:
    """
    Note the donation.

    :param collected: the collection stands in the case.
    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    saves = [*common.remember(donor), "collections", "donated_at"]
    donor.collections, donor.donated_at = donor.collections + 1, at
    common.move(donor, "donate", by=by, at=at, saves=saves, collected=collected)
    return donor


@transaction.atomic
def count_donation(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """Count the donation of somebody who leaves while the cells are on their way: it was made."""
    donor = common.locked(donor)
    donor.collections, donor.donated_at = donor.collections + 1, at
    donor.save(update_fields=["collections", "donated_at"])
    trail.record("donor.donation_counted", by=by, at=at, object=donor, collections=donor.collections)
    return donor


@transaction.atomic
def settle_donated(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """Let a donor stand as donated whose leaving was a mistake, and whose donation was counted at it."""
    donor = common.locked(donor)
    common.move(donor, "donate", by=by, at=at, saves=common.remember(donor), collected=True)
    return donor


@transaction.atomic
def ask_to_relist(donor: Donor, *, by: Actor, at: datetime) -> Approval:
    """Clear a donor medically to be offered again; the registry manager answers."""
    donor = common.locked(donor)
    if donor.state != DonorState.DONATED:
        raise moves.WrongState(move="relist", state=str(donor.state))
    return approvals.ask("donors.relist", donor, by=by, at=at)


@transaction.atomic
def relist(donor: Donor, *, approval: Approval | None = None, by: Actor, at: datetime) -> Donor:
    """
    Offer a donor again who has donated once.

    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    facts: dict[str, Any] = {"approval": approval} if approval else {}
    common.move(donor, "relist", by=by, at=at, saves=common.remember(donor), **facts)
    signals.donor_listed.send(Donor, donor=donor, by=by, at=at)
    trail.record("donor.relisted", by=by, at=at, object=donor, collections=donor.collections)
    return donor


def _where(donor: Donor, to: DonorState, *, by: Actor, at: datetime) -> DonorState:
    """Return where the donor goes: to LISTED only by its guards."""
    if to != DonorState.LISTED:
        return to
    asked = moves.Move(donor, "free", by, at)
    return to if all(guard.check(asked) for guard in rules.TO_LIST_AGAIN) else DonorState.ON_HOLD


def _prepare(donor: Donor, to: DonorState, *, before: dict[str, object], at: datetime, reason: str) -> None:
    common.clear_pause(donor)
    donor.before = before
    donor.going_to = to
    if to in {DonorState.ON_HOLD, DonorState.LOST}:
        donor.return_to = str(before.get("return_to") or DonorState.LISTED)
    if to == DonorState.ON_HOLD:
        _pause_again(donor, before, at=at, reason=reason)
    if to == DonorState.EXCLUDED:
        donor.left_at, donor.left_reason = at, reason


def _pause_again(donor: Donor, before: dict[str, object], *, at: datetime, reason: str) -> None:
    """Take the pause up again that the case interrupted, or pause for a month; also for an illness."""
    until = before.get("hold_until")
    month = months_later(common.day_of(at), 1)
    day = date.fromisoformat(str(until)) if until else month
    why = str(before.get("hold_reason") or Reason.OT)
    if reason in reasons.TEMPORARY:
        day, why = max(day, month), reason
    donor.hold_until, donor.hold_reason = day, why
