"""Settle one finding of a reconciliation, as somebody decides; nothing else changes anything."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail
from foundation.access import Permission
from foundation.trail import Actor
from registry.donors.actions import rights
from registry.donors.models import NationalFinding, NationalState, Settlement, Verdict
from registry.donors.national import marking, numbers

# What may be done about each kind of finding, the likeliest first.
WAYS: Final = {
    Verdict.DIFFERING: (Settlement.OUT, Settlement.TAKEN, Settlement.ASKED, Settlement.LEFT),
    Verdict.ONLY_HERE: (Settlement.ASKED, Settlement.TO_SEND, Settlement.LEFT),
    Verdict.ONLY_THERE: (Settlement.ASKED, Settlement.LEFT),
}
CHANGES: Final = {Settlement.OUT: {"out"}, Settlement.TAKEN: {"number", "day"}}


def ways_of(finding: NationalFinding) -> tuple[Settlement, ...]:
    """Return what may be done about a finding; what changes our record only where it differs in that."""
    differs = set(finding.differs)
    unfit = {way for way, codes in CHANGES.items() if not differs & codes}
    return tuple(way for way in WAYS[Verdict(finding.verdict)] if way not in unfit)


@transaction.atomic
def settle(finding: NationalFinding, way: Settlement, *, by: Actor, at: datetime) -> NationalFinding:
    """
    Settle a finding; taking their number, or standing to be sent again, changes the donor's record.

    :raises moves.Refused: if it was settled before, or this way does not fit it.
    :raises NotAllowed: without the right.
    """
    rights.check(finding.sheet, by=by, at=at, permissions=[Permission.DONOR_LIST])
    held = NationalFinding.objects.select_for_update(of=("self",)).select_related("donor")
    finding = held.get(pk=finding.pk)
    if finding.settled_at is not None:
        raise moves.Refused([_("This has been settled already.")])
    if way not in ways_of(finding):
        raise moves.Refused([_("This does not fit what was found.")])
    _change(finding, way, by=by, at=at)
    finding.settled_at, finding.settled_as, finding.settled_by_id = at, way, by.id
    finding.save(update_fields=["settled_at", "settled_as", "settled_by_id"])
    trail.record("national_finding.settled", by=by, at=at, object=finding, way=way, verdict=finding.verdict)
    return finding


def _change(finding: NationalFinding, way: Settlement, *, by: Actor, at: datetime) -> None:
    donor = finding.donor
    if donor is None:
        return
    if way == Settlement.TAKEN:
        on = finding.their_on or donor.national_on
        if on is None:
            raise moves.Refused([_("Their sheet names no day. Record the day on the donor's page.")])
        marking.accept(donor, number=finding.their_no, on=on, by=by, at=at, read=numbers.of_theirs)
    elif way == Settlement.OUT:
        marking.take_out(donor, by=by, at=at)
    elif way == Settlement.TO_SEND and donor.national_state != NationalState.NONE:
        marking.take_back(donor, by=by, at=at)
