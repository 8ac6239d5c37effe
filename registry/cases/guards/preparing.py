"""What must be true before conditioning begins: cleared, agreed, dated, and confirmed by two."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings

from consent.purposes import Purpose
from foundation import approvals
from foundation.approvals.models import Decision
from registry.cases import clocks, fitness
from registry.cases.guards.contact import agreed_to
from registry.donors.models import Donor
from registry.donors.states import DonorState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from foundation.moves import Move
    from registry.cases.models import MatchCase

CONDITIONING: Final = "cases.conditioning"  # the kind of the second person's confirmation


def clearance_is_in_force(move: Move[MatchCase]) -> bool:
    """
    Return whether the reviewer cleared the donor and every finding behind it still counts.

    Source: domain.md section 3, clearance
    """
    return move.object.cleared_at is not None and fitness.all_counts(move.object, on=move.day)


def final_consent_is_in_force(move: Move[MatchCase]) -> bool:
    """
    Return whether the final consent stands: given for this case, a day after the talk.

    Witness and read-back are asked when it is recorded.
    """
    case = move.object
    if case.final_consent_at is None or case.talked_at is None:
        return False
    slept_on = clocks.elapsed(case.talked_at, case.final_consent_at) >= timedelta(hours=settings.TALK_HOURS)
    return slept_on and agreed_to(Purpose.DONATION_FINAL)(move)


def backup_is_settled(move: Move[MatchCase]) -> bool:
    """Return whether a back-up donor is named and still available, or it was said that there is none."""
    case = move.object
    if case.backup_id is None:
        return bool(case.backup_code or case.no_backup)
    named = Donor.objects.filter(pk=case.backup_id)
    return move.once("backup", can_stand_by(named).exists)


def can_stand_by(donors: QuerySet[Donor]) -> QuerySet[Donor]:
    """Keep those who are there as a back-up: in search, kept for nobody, not reported dead."""
    return donors.filter(state=DonorState.LISTED, death_reported_at=None)


def dates_are_set(move: Move[MatchCase]) -> bool:
    """Return whether conditioning and collection have their days, in their order and not over."""
    case = move.object
    if case.conditioning_on is None or case.collection_on is None:
        return False
    return move.day <= case.collection_on and case.conditioning_on <= case.collection_on


def hospital_said_so(move: Move[MatchCase]) -> bool:
    """Return whether the transplant hospital's message that conditioning begins is here."""
    return move.object.hospital_message_at is not None


def donor_was_reached_just_now(move: Move[MatchCase]) -> bool:
    """Return whether somebody spoke with the donor within the last 24 hours. Source: domain.md 3"""
    last = move.object.last_reached_at
    if last is None:
        return False
    return timedelta() <= clocks.elapsed(last, move.at) <= timedelta(hours=settings.REACHED_HOURS)


def another_person_confirmed(move: Move[MatchCase]) -> bool:
    """Return whether two different people confirm: who asked, and who answers now."""
    confirmation = move.facts.get("approval") or approvals.standing(move.object, CONDITIONING, at=move.at)
    if confirmation is None or confirmation.kind != CONDITIONING:
        return False
    if confirmation.object_id != str(move.object.pk) or confirmation.decision != Decision.YES:
        return False
    both = {confirmation.by_id, confirmation.decided_by_id}
    return len(both) == 2 and move.actor.id in both  # noqa: PLR2004 - two people
