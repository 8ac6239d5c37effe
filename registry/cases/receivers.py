"""What the donors' room tells: who has left is kept for nobody, and an undone act brings back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from consent.models import Consent
from foundation import approvals, vault
from foundation.moves import Step
from foundation.moves.stops import Stop
from foundation.trail import Actor
from foundation.vault import Subject
from registry.cases import actions, endings
from registry.cases.actions import merging
from registry.cases.guards import CONDITIONING
from registry.cases.models import MatchCase
from registry.cases.states import CaseState
from registry.donors.models import Call, Donor, Withdrawal
from registry.donors.states import DonorState

COMES_BACK = frozenset({"rejoin", "recover", "release", "relist"})  # moves of a donor who is back


def a_donor_withdrew(*, donor: Donor, withdrawal: Withdrawal, at: datetime, **_: Any) -> list[Stop]:
    """End every case of who withdrew, and the back-up roles; after conditioning people are called at once."""
    vault.lock(donor.subject_id)  # a task that runs this again holds nothing
    withdrawal.refresh_from_db(fields=["ended_at"])
    if withdrawal.ended_at is not None:
        return []  # it was undone before this could be run again
    who = Actor.of(withdrawal)
    ended = actions.stop_for(donor, reason=withdrawal.reason, by=who, at=at)
    return endings.stops_of(donor, ended=ended, by=who, at=at)


def a_consent_was_withdrawn(
    *, consent: Consent, by: Actor, at: datetime, whole: bool = False, **_: Any
) -> Stop | None:
    """Shut the guards of the case that a consent was given for, and call people where it endangers."""
    return None if whole or not consent.matter else actions.note_consent_gone(consent, by=by, at=at)


def a_donor_moved(*, donor: Donor, step: Step, by: Actor, at: datetime, **_: Any) -> None:
    """
    End every case of who has left in another way; who comes back, or leaves, was won back or was not.

    What waited behind a donation counts again once the donor is listed.
    """
    if donor.is_gone or step.move in COMES_BACK:
        actions.settle_by_what_they_did(donor, back=not donor.is_gone, by=by, at=at)
    if step.from_state == DonorState.DONATED and not donor.is_gone:
        actions.give_clocks_back(donor)
    if donor.is_gone and step.move != "withdraw":
        actions.stop_for(donor, reason=donor.left_reason, by=by, at=at)
        merging.drop_backups(donor, by=by, at=at)
        endings.let_be(donor, by=by, at=at)


def a_call_was_undone(*, call: Call, by: Actor, at: datetime, **_: Any) -> None:
    """Take back what a slip of a key said about a match."""
    actions.take_back_attempt(call, by=by, at=at)


def a_case_moved(*, case: MatchCase, step: Step, by: Actor, at: datetime, **_: Any) -> None:
    """Close what a match left behind: the question of conditioning, or a try to win back who agrees anew."""
    if step.move == "agree":
        actions.settle_by_what_they_did(case.donor, back=True, by=by, at=at)
    if step.from_state == CaseState.SCHEDULED and step.move != "condition":
        approvals.close(CONDITIONING, [case.pk], by=by, at=at)


def a_person_was_reported_dead(*, subject: Subject, by: Actor, at: datetime, **_: Any) -> None:
    """Call people if the donor of a match after conditioning is said to have died."""
    actions.warn_of_a_death(subject.pk, by=by, at=at)


def a_case_was_donated(*, case: MatchCase, donor: Donor, at: datetime, **_: Any) -> None:
    """Plan the follow-ups to the tenth year, and end what waited; of who leaves everything ends anyway."""
    actions.plan_follow_ups(case)
    if not donor.is_gone:
        actions.end_what_waits(donor, at=at)


def a_donor_was_rehomed(*, donor: Donor, **_: Any) -> None:
    """Let another branch see the cases of a donor whom it looks after from now on."""
    actions.follow_donor(donor)


def a_mistake_was_undone(*, donor: Donor, since: datetime, at: datetime, **_: Any) -> None:
    """Reopen what the mistaken act closed."""
    actions.reopen_after_mistake(donor, since=since, at=at)
    actions.reopen_tries(donor, since=since)


def a_donor_was_merged(
    *, kept: Donor, emptied: Donor, by: Actor, at: datetime, **_more: Any
) -> dict[str, Any]:
    """Bring matches of two records of one person together."""
    return merging.bring_over(kept, emptied, by=by, at=at)


def a_donor_was_parted(*, kept: Donor, emptied: Donor, moved: Mapping[str, Any], **_more: Any) -> None:
    """Give them back: the two records are of two people."""
    merging.bring_back(kept, emptied, moved)
