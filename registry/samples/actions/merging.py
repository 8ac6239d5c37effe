"""Tubes and typings of somebody whose two records became one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from foundation import vault
from foundation.trail import Actor
from registry.donors.models import Donor
from registry.donors.reasons import SampleReason
from registry.hla.models import StoredTyping
from registry.samples.actions.following import who_follows
from registry.samples.actions.typings import turn_away
from registry.samples.models import Sample
from registry.samples.states import IN_USE


@transaction.atomic
def bring_over(kept: Donor, emptied: Donor, *, by: Actor, at: datetime) -> dict[str, Any]:
    """
    Bring tubes and typings to the record that is kept; a tube on its way is one too many.

    The record that is kept went as far at the least, so it needs no tube of the other one.

    :returns: ids of what moved, for ``bring_back``.
    """
    vault.lock(kept.subject_id, emptied.subject_id)
    for sample in Sample.objects.filter(donor=emptied, state__in=IN_USE).select_related("donor"):
        follows = who_follows(emptied, by=by, at=at)
        turn_away(sample, SampleReason.DUPLICATE, by=follows, at=at)
    moved = {
        "samples": _ids(Sample.objects.filter(donor=emptied)),
        "typings": _ids(StoredTyping.objects.filter(donor=emptied)),
    }
    Sample.objects.filter(donor=emptied).update(donor=kept)
    StoredTyping.objects.filter(donor=emptied).update(donor=kept)
    return moved


@transaction.atomic
def bring_back(kept: Donor, emptied: Donor, moved: Mapping[str, Any]) -> None:
    """Give tubes and typings back: two people after all. A tube that was turned away stays so."""
    vault.lock(kept.subject_id, emptied.subject_id)
    Sample.objects.filter(pk__in=moved["samples"], donor=kept).update(donor=emptied)
    StoredTyping.objects.filter(pk__in=moved["typings"], donor=kept).update(donor=emptied)


def _ids(rows: Any) -> list[str]:
    return [str(pk) for pk in rows.values_list("pk", flat=True)]
