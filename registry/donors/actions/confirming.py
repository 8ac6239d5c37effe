"""The donor's own word that we still reach them, said without a call."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation import moves, trail
from foundation.access import Permission
from foundation.trail import Actor
from registry import signals
from registry.donors.actions import common, rights
from registry.donors.actions.following import CHECKS
from registry.donors.actions.tasks import cancel_tasks
from registry.donors.models import Donor
from registry.donors.states import DonorState


@transaction.atomic
def confirm_contact(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """
    Record that a donor said themself that their contact details are right.

    Calls that were to ask just this fall off the lists. Somebody out of contact is found by it;
    a caseworker still brings them back.

    :raises moves.WrongState: if the donor has left.
    :raises moves.NotAllowed: if the actor may not call here.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.CALL_MAKE, Permission.DONOR_EDIT))
    if donor.is_gone:
        raise moves.WrongState(move="confirm_contact", state=str(donor.state))
    donor.contact_verified_on, donor.phone_wrong_on = common.day_of(at), None
    donor.found_at = at if donor.state == DonorState.LOST else donor.found_at
    donor.save(update_fields=["contact_verified_on", "phone_wrong_on", "found_at"])
    cancel_tasks(donor, at=at, kinds=CHECKS)
    trail.record("donor.contact_confirmed", by=by, at=at, object=donor)
    signals.donor_confirmed.send(Donor, donor=donor, by=by, at=at)
    return donor
