"""What must be true before a match goes on. Each answers yes or no; the table says the words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise

from consent import gate
from consent.purposes import Purpose
from consent.states import State
from foundation import access, approvals
from foundation.access import Permission
from foundation.approvals.models import Decision
from foundation.moves import Guard
from foundation.trail import ActorKind
from registry.cases import fitness
from registry.cases.outcomes import CODES, OtherReason
from registry.cases.states import RED_ZONE, CaseState, reached
from registry.donors import reasons
from registry.donors.guards import months_later
from registry.donors.models import Donor
from registry.donors.states import DonorState

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from foundation.moves import Move
    from registry.cases.models import MatchCase

    Check = Callable[[Move[MatchCase]], bool]

_WORK = (Permission.CASE_WORK, Permission.CASE_DECIDE)
CONDITIONING = "cases.conditioning"  # the kind of the second person's confirmation


def at_the_act(check: Check, sentence: str | Promise) -> Guard:
    """Return a guard that only the act itself can meet: before anyone presses, it is not missing."""
    return Guard(check, sentence, when_given="given")


def _day(move: Move[MatchCase]) -> date:
    return timezone.localdate(move.at)


def donor_lives(move: Move[MatchCase]) -> bool:
    """Return whether nobody reported the donor dead."""
    return move.object.donor.death_reported_at is None


def donor_was_tried(move: Move[MatchCase]) -> bool:
    """Return whether somebody tried to speak with the donor."""
    return move.object.first_tried_at is not None


def donor_was_reached(move: Move[MatchCase]) -> bool:
    """Return whether somebody spoke with the donor in person."""
    return move.object.reached_at is not None


def agreed_to(purpose: Purpose) -> Check:
    """Return a check that the donor's consent to a purpose is in force for this very case."""

    def check(move: Move[MatchCase]) -> bool:
        case = move.object
        subject, matter = case.donor.subject_id, str(case.pk)
        return move.once(purpose, lambda: gate.allows(subject, purpose, at_least=State.ACTIVE, matter=matter))

    return check


def is_fit(move: Move[MatchCase]) -> bool:
    """Return whether the health-and-availability check was passed."""
    return move.object.fit_at is not None


def stance_is_known(move: Move[MatchCase]) -> bool:
    """Return whether it was written down what the family knows and thinks."""
    return move.object.stance_at is not None


def takes_little_blood(move: Move[MatchCase]) -> bool:
    """Return whether at most 30 ml are taken. Source: domain.md section 3"""
    volume = move.object.hr_volume_ml
    return volume is not None and 0 < volume <= settings.HR_SAMPLE_ML_MOST


def typing_agrees(move: Move[MatchCase]) -> bool:
    """Return whether the laboratory confirmed the match."""
    return bool(move.facts.get("confirmed"))


def hospital_wants_the_donor(move: Move[MatchCase]) -> bool:
    """Return whether the hospital decided for this donor."""
    return bool(move.facts.get("decided"))


def clearance_is_in_force(move: Move[MatchCase]) -> bool:
    """
    Return whether the reviewer cleared the donor and every finding behind it still holds.

    Examination passed, a pregnancy test where it applies, infection markers at most 30 days old on
    the day of collection; examination and test have their own ages.

    Source: domain.md section 3, clearance
    """
    case, on = move.object, _day(move)
    seen = fitness.examination_counts(case, on=on) and fitness.pregnancy_test_counts(case, on=on)
    return seen and bool(case.cleared_at and case.markers_fit) and _markers_are_fresh(case, on=on)


def _markers_are_fresh(case: MatchCase, *, on: date) -> bool:
    day = max(case.collection_on or on, on)
    if case.markers_on is None:
        return False
    return timedelta() <= day - case.markers_on <= timedelta(days=settings.MARKERS_DAYS_MOST)


def final_consent_is_in_force(move: Move[MatchCase]) -> bool:
    """
    Return whether the final consent stands: given for this case, a day after the talk.

    Witness and read-back are asked when it is recorded.
    """
    case = move.object
    if case.final_consent_at is None or case.talked_at is None:
        return False
    slept_on = case.final_consent_at - case.talked_at >= timedelta(hours=settings.TALK_HOURS)
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
    return _day(move) <= case.collection_on and case.conditioning_on <= case.collection_on


def hospital_said_so(move: Move[MatchCase]) -> bool:
    """Return whether the transplant hospital's message that conditioning begins is here."""
    return move.object.hospital_message_at is not None


def donor_was_reached_just_now(move: Move[MatchCase]) -> bool:
    """Return whether somebody spoke with the donor within the last 24 hours. Source: domain.md 3"""
    last = move.object.last_reached_at
    return last is not None and timedelta() <= move.at - last <= timedelta(hours=settings.REACHED_HOURS)


def another_person_confirmed(move: Move[MatchCase]) -> bool:
    """Return whether two different people confirm: who asked, and who answers now."""
    confirmation = move.facts.get("approval") or approvals.standing(move.object, CONDITIONING, at=move.at)
    if confirmation is None or confirmation.kind != CONDITIONING:
        return False
    if confirmation.object_id != str(move.object.pk) or confirmation.decision != Decision.YES:
        return False
    both = {confirmation.by_id, confirmation.decided_by_id}
    return len(both) == 2 and move.actor.id in both  # noqa: PLR2004 - two people


def product_is_known(move: Move[MatchCase]) -> bool:
    """Return whether it is said what is collected."""
    return bool(move.object.product)


def collection_was_recorded(move: Move[MatchCase]) -> bool:
    """Return whether each day of collection stands with its volume, and the dose where cells are counted."""
    days = list(move.object.collection_days.all())
    if not days:
        return False
    return move.object.product != "PBSC" or any(day.cd34_per_kg is not None for day in days)


def label_was_checked_by_two(move: Move[MatchCase]) -> bool:
    """Return whether two people checked the label, and courier and temperature are written down."""
    made = move.object.__class__.objects.filter(pk=move.object.pk, handing_over__second_at__isnull=False)
    return move.once("labelled", made.exists)


def cells_arrived(move: Move[MatchCase]) -> bool:
    """Return whether the hospital has the cells."""
    made = move.object.__class__.objects.filter(pk=move.object.pk, handing_over__arrived_at__isnull=False)
    return move.once("arrived", made.exists)


def cells_have_not_left(move: Move[MatchCase]) -> bool:
    """Return whether the cells are not yet with the courier."""
    return bool(move.object.state != CaseState.HANDED_OVER)


def says_how_it_ended(move: Move[MatchCase]) -> bool:
    """Return whether one of the coded outcomes was given."""
    return move.object.outcome in CODES


def clock_has_run_out(move: Move[MatchCase]) -> bool:
    """Return whether the reservation is over, where that is given as the reason."""
    if move.object.outcome != OtherReason.EX:
        return True
    return move.object.clock_ends_on < _day(move)


def who_decides_closes(move: Move[MatchCase]) -> bool:
    """Return whether, from the hospital's decision on, somebody closes who may decide."""
    case = move.object
    if move.actor.kind != ActorKind.STAFF or not reached(case.stands_at, CaseState.TC_DECISION):
        return True
    if access.may(move.actor, Permission.CASE_DECIDE, on=case, at=move.at):
        return True
    medical = case.outcome in reasons.PERMANENT and case.state not in RED_ZONE
    return medical and access.may(move.actor, Permission.CASE_CLEAR, on=case, at=move.at)


def reviewer_gives_a_medical_reason(move: Move[MatchCase]) -> bool:
    """Return whether who stops a match works on it, or stops it for a medical reason as the reviewer."""
    if move.actor.kind != ActorKind.STAFF:
        return True
    if any(access.may(move.actor, right, on=move.object, at=move.at) for right in _WORK):
        return True
    return move.reason in {*reasons.TEMPORARY, *reasons.PERMANENT}


def ends_within_a_year(move: Move[MatchCase]) -> bool:
    """Return whether a postponement ends after today and within twelve months."""
    until, today = move.object.postponed_until, _day(move)
    return until is not None and today < until <= months_later(today, settings.CASE_POSTPONED_MONTHS_MOST)


def gives_a_reason(move: Move[MatchCase]) -> bool:
    """Return whether a reason stands beside the move."""
    return bool(move.reason)


def donor_may_be_kept(move: Move[MatchCase]) -> bool:
    """Return whether no other match keeps this donor."""
    others = type(move.object).objects.active().filter(donor=move.object.donor_id)
    return not others.exclude(pk=move.object.pk).exists()


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
    return last is not None and months_later(last, months) <= _day(move)


def last_donation(cases: QuerySet[MatchCase], donor: Donor, patient_id: UUID, *, request: str) -> date | None:
    """Return the last day of collection that counts: for lymphocytes only that for the same patient."""
    earlier = cases.filter(donor=donor, state=CaseState.DONATED)
    if request == "LYMPHOCYTES":
        earlier = earlier.filter(patient=patient_id)
    last: date | None = earlier.order_by("-donated_on").values_list("donated_on", flat=True).first()
    if last is None and request != "LYMPHOCYTES" and donor.donated_at is not None:
        return timezone.localdate(donor.donated_at)  # before this program followed matches
    return last


def may_still_give(move: Move[MatchCase]) -> bool:
    """Return whether cells were collected from this donor less often than is the most. Source: domain.md 2"""
    return bool(move.object.donor.collections < settings.COLLECTIONS_MOST)


def donor_is_kept(move: Move[MatchCase]) -> bool:
    """Return whether the donor stands as kept for a patient, as in the moment the match before ends."""
    return bool(move.object.donor.state == DonorState.IN_CASE)
