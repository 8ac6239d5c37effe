"""What must be true before cells are asked of a donor: kept for nobody else, not too often or too soon."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from registry.cases.states import ACTIVE, CaseState
from registry.donors.guards import months_later
from registry.donors.states import DonorState

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from foundation.moves import Move
    from registry.cases.models import MatchCase
    from registry.donors.models import Donor


def donor_may_be_kept(move: Move[MatchCase]) -> bool:
    """Return whether no other match keeps this donor."""
    others = type(move.object).objects.active().filter(donor=move.object.donor_id)
    return not others.exclude(pk=move.object.pk).exists()


def donor_is_kept(move: Move[MatchCase]) -> bool:
    """Return whether the donor stands as kept for a patient, as in the moment the match before ends."""
    return bool(move.object.donor.state == DonorState.IN_CASE)


def may_still_give(move: Move[MatchCase]) -> bool:
    """Return whether cells were collected from this donor less often than is the most. Source: domain.md 2"""
    return bool(move.object.donor.collections < settings.COLLECTIONS_MOST)


def long_enough_since_the_last(move: Move[MatchCase]) -> bool:
    """
    Return whether a second donation lies far enough behind the first.

    Lymphocytes one month, stem cells three; lymphocytes for the same patient only.

    Source: domain.md section 3
    """
    case = move.object
    months = settings.DONATED_AGAIN_MONTHS.get(case.request)
    if months is None:
        return True
    last = last_donation(type(case).objects.all(), case.donor, case.patient_id, request=case.request)
    return last is not None and months_later(last, months) <= move.day


def last_donation(cases: QuerySet[MatchCase], donor: Donor, patient_id: UUID, *, request: str) -> date | None:
    """Return the last day of collection that counts: for lymphocytes only that for the same patient."""
    earlier = cases.filter(donor=donor, state=CaseState.DONATED)
    if request == "LYMPHOCYTES":
        earlier = earlier.filter(patient=patient_id)
    last: date | None = earlier.order_by("-donated_on").values_list("donated_on", flat=True).first()
    if last is None and request != "LYMPHOCYTES" and donor.donated_at is not None:
        return timezone.localdate(donor.donated_at)  # before this program followed matches
    return last


def reviewer_agrees(move: Move[MatchCase]) -> bool:
    """Return whether the reviewer agreed to this notice, where its donor has donated."""
    return bool(move.facts.get("cleared")) or not stands_as_donated(move.object.donor)


def reviewer_agreed_since(move: Move[MatchCase]) -> bool:
    """Return whether a match that waited was opened after the donation, and so with the reviewer's yes."""
    case = move.object
    if case.reserved_from != DonorState.DONATED:
        return True
    donated_at = case.donor.donated_at
    return donated_at is not None and case.opened_at > donated_at


def stands_as_donated(donor: Donor) -> bool:
    """Return whether a donor has donated and was not offered again since, also while a match keeps them."""
    if donor.state != DonorState.IN_CASE:
        return bool(donor.state == DonorState.DONATED)
    return donor.cases.filter(state__in=ACTIVE, reserved_from=DonorState.DONATED).exists()
