"""What an erasure means for a donor: no index finds them, and of the birth date the year is left."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from foundation import trail, vault
from foundation.trail import Actor
from foundation.vault import Subject
from registry.donors.models import Donor


@transaction.atomic
def forget(subject: Subject, *, by: Actor, at: datetime) -> None:
    """Null the blind indexes of an erased donor and cut the birth date to its year; twice is once."""
    donor = Donor.objects.filter(subject=subject).first()
    if donor is None:
        return
    saves = vault.index.put(donor, name_index=None, phone_index=None, initials_index=None)
    if donor.born_on is not None:
        donor.born_on = date(donor.born_on.year, 1, 1)
    donor.save(update_fields=[*saves, "born_on"])
    trail.record("donor.forgotten", by=by, at=at, object=donor)
    for emptied in donor.merged.select_related("subject"):  # what was signed and typed there has its own key
        vault.erase(emptied.subject, by=by, at=at, reason="merged")
