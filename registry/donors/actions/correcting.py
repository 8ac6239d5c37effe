"""Details that change, and look-alikes that are told apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from foundation import trail, vault
from foundation.access import Permission
from foundation.trail import Actor
from registry.donors import phones
from registry.donors.actions import common, rights
from registry.donors.models import Donor

SEALED: Final = ("phone", "email", "address", "workplace")
PLAIN: Final = ("weight_kg", "blood_group", "graduates_on")


@transaction.atomic
def change_details(donor: Donor, *, by: Actor, at: datetime, **values: Any) -> Donor:
    """
    Change how a donor is reached, and other details of theirs.

    The trail names the fields, never the values.

    :param values: ``phone email address workplace weight_kg blood_group graduates_on``.
    :raises phones.PhoneProblem: if nobody can be called at the number.
    :raises moves.NotAllowed: if the actor may not change donors here.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.DONOR_EDIT,))
    saves = []
    if values.get("phone"):
        values["phone"] = phones.check(values["phone"])
        saves = vault.index.put(donor, phone_index=vault.index.phone(values["phone"]))
    sealed = {name: values[name] or None for name in SEALED if name in values}
    saves += vault.seal(donor, **sealed) if sealed else []
    for name in PLAIN:
        if name in values:
            setattr(donor, name, values[name])
            saves.append(name)
    donor.save(update_fields=saves)
    trail.record("donor.details_changed", by=by, at=at, object=donor, fields=sorted(values))
    return donor


@transaction.atomic
def tell_apart(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """
    Say that this donor and a look-alike are two people, both documents having been seen.

    :raises moves.NotAllowed: if the actor may not correct donors here.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.DONOR_CORRECT,))
    donor.not_twice_at = at
    donor.save(update_fields=["not_twice_at"])
    trail.record("donor.told_apart", by=by, at=at, object=donor)
    return donor
