"""Entering donors into the list that is offered to patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from foundation import moves, trail
from foundation.trail import Actor
from registry import signals
from registry.donors.actions import common
from registry.donors.actions.tasks import cancel_tasks
from registry.donors.models import CallKind, Donor


@dataclass(frozen=True, slots=True)
class NotListed:
    """A donor who was not listed after all, and why."""

    donor: Donor
    sentences: list[str]


@transaction.atomic
def list_donor(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """
    List one donor.

    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    saves = common.remember(donor)
    if donor.listed_on is None:
        donor.listed_on = common.day_of(at)
        saves.append("listed_on")
    common.move(donor, "list", by=by, at=at, saves=saves)
    cancel_tasks(donor, at=at, kinds=[CallKind.PRE_LISTING])
    signals.donor_listed.send(Donor, donor=donor, by=by, at=at)
    return donor


def list_ready(donor_ids: Sequence[UUID], *, by: Actor, at: datetime) -> tuple[list[Donor], list[NotListed]]:
    """
    List all of these donors who are ready, each in a transaction of their own.

    Guards are asked again: who is not ready any more stays, with the sentences why.
    """
    listed: list[Donor] = []
    left: list[NotListed] = []
    for donor in Donor.objects.filter(pk__in=donor_ids).order_by("pk"):
        try:
            listed.append(list_donor(donor, by=by, at=at))
        except (moves.Refused, moves.NotAllowed) as refusal:
            left.append(NotListed(donor, [str(sentence) for sentence in refusal.sentences]))
    trail.record("donors.listed", by=by, at=at, listed=len(listed), left=len(left))
    return listed, left
