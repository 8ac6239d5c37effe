"""Doubt a typing together with everybody whose tube may have been mixed up with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from foundation import trail, vault
from foundation.access import task_actor
from foundation.trail import Actor
from registry.donors import usage
from registry.donors.actions import common
from registry.donors.actions.pausing import hold
from registry.donors.actions.tubes import dispute_typing
from registry.donors.models import Donor
from registry.donors.reasons import Reason
from registry.donors.states import BEFORE_A_CASE
from registry.donors.usage import Use


@dataclass(frozen=True, slots=True)
class Disputed:
    """What followed from a doubt: who is paused, whom a match keeps, and what used the typing."""

    donor: Donor
    held: list[Donor] = field(default_factory=list)
    kept: list[Donor] = field(default_factory=list)  # in a match, paused already, or gone: to be looked at
    uses: list[Use] = field(default_factory=list)


@transaction.atomic
def dispute(
    donor: Donor, *, reason: str, others: Collection[UUID] = (), by: Actor, at: datetime, on: Any = None
) -> Disputed:
    """
    Set a typing aside, pause everybody concerned, and say what used it.

    :param others: donors whose tubes may have been mixed up with this one's, of its neighbours.
    :param on: where the right is asked; by default the donor.
    :raises moves.Refused: with every sentence that stands against it.
    """
    near = {one.donor_id for one in usage.neighbours_of(donor)} & set(others)
    concerned = list(Donor.objects.filter(pk__in=near).order_by("pk"))
    vault.lock(donor.subject_id, *(one.subject_id for one in concerned))
    uses = usage.of(donor)
    found = Disputed(dispute_typing(donor, reason=reason, by=by, at=at, on=on), uses=uses)
    until = common.day_of(at) + timedelta(days=settings.CORRECTED_HOLD_DAYS)
    follows = task_actor("donors.dispute")  # their branches may be others': it is never refused for a right
    for one in concerned:
        other = common.locked(one)
        if other.state not in BEFORE_A_CASE:
            found.kept.append(other)
            continue
        found.held.append(hold(other, until=until, reason=Reason.TQ_MIXED_UP, by=follows, at=at))
    trail.record(
        "typing.doubted",
        by=by,
        at=at,
        object=donor,
        reason=reason,
        held=[str(one.pk) for one in found.held],
        uses=len(uses),
    )
    return found
