"""Somebody withdraws at the very moment in which anybody does anything to their match.

It always commits; the order may differ, what is left may not: the match has ended, and no queue of any
room has the donor in it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consent.purposes import Purpose
from foundation import moves
from foundation.access import named
from foundation.trail.models import TrailRow
from registry.cases.models import CollectionDay, HandOver, MatchCase
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor, Withdrawal, Word
from registry.donors.states import DonorState
from tests.acts_on_a_match import ACTS, USUALLY
from tests.conftest import CI, ON_SERVERS
from tests.factories import consent as consents
from tests.factories.cases import CaseFactory, agree
from tests.factories.donors import DonorFactory
from tests.factories.messages import MessageFactory
from tests.factories.plans import PlanFactory, TouchpointFactory
from tests.queues import still_in
from tests.racing import at_once
from tests.ways_of_a_match import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
S = CaseState
HOME = {what: state for state, acts in USUALLY.items() for what in acts if what in ACTS} | {
    "check a doubtful health": S.REMOBILISED,
    "find the health good": S.REMOBILISED,
    "find the health bad": S.REMOBILISED,
    "hear that there is nobody": S.REMOBILISED,
    "find a mismatch": S.HR_LAB,
    "find an infection": S.SCHEDULED,
    "stop at the bedside": S.SCHEDULED,
    "send a letter back": S.DONATED,
}  # every other act: in the work-up
BEFORE = {  # what an act is about was there before
    "find the health good": "check a doubtful health",
    "find the health bad": "check a doubtful health",
    "settle a talk": "offer a former donor",
    "tick a task": "add a task",
    "give money back": "lay out money",
    "send a letter back": "take a letter in",
}
SOME = ("agree to typing", "want this donor", "examine", "check it too", "donate", "tick a task")
RACES = sorted(ACTS) if CI and ON_SERVERS else SOME  # on the other database one writes after the other


def in_state(world: World, state: CaseState) -> MatchCase:
    """Return a match in a state of a woman who signed everything, and whom other rooms write to."""
    stands = {S.DONATED: DonorState.DONATED}.get(state, DonorState.IN_CASE)
    donor = DonorFactory(state=stands, branch=world.county, about={"sex": "F"})
    consents.sign(donor.subject, by=world.by("coordinator"))
    MessageFactory(subject=donor.subject)
    TouchpointFactory(plan=PlanFactory(subject=donor.subject))
    hospitals = {f"{name}_hospital": branch for name, branch in world.hospitals.items()}
    case = CaseFactory(
        state=state, donor=donor, at=world.at, opened_at=world.at - timedelta(days=20),
        companion=world.staff["companion"], **hospitals,
    )  # fmt: skip
    agree(case, Purpose.VERIFICATION_TYPING, Purpose.DONATION_FINAL, Purpose.LETTERS)
    for name in ("companion", "transplant", "collection"):
        named.add(world.staff[name], case)
    if state in {S.COLLECTING, S.HANDED_OVER}:
        collect(world, case)
    return case


def collect(world: World, case: MatchCase) -> None:
    """Let the cells be collected, and their label be checked as far as the state asks."""
    by, second = world.by("collection").columns(), {}
    if case.state == S.HANDED_OVER:
        second = {"second_id": world.by("zhou").id, "second_at": world.at, "arrived_at": world.at}
    CollectionDay.objects.create(
        case=case, on=world.today, volume_ml=200, cd34_per_kg=4, entered_at=world.at, **by
    )
    HandOver.objects.create(case=case, at=world.at, bags=1, temperature_c=4, **second, **by)


def race(world: World, what: str) -> None:
    """Let a donor withdraw while somebody acts on their match; check what is left of it."""
    whose, act = ACTS[what]
    case = in_state(world, HOME.get(what, S.WORKUP))
    if before := BEFORE.get(what):
        ACTS[before][1](world, case, world.by(ACTS[before][0]))
    donor, by, at = Donor.objects.get(pk=case.donor_id), world.by(whose), world.at
    leaves = {"word": Word.STAFF_TWO_FACTS, "facts": ("document_seen", "face_seen")}

    answer, other = at_once(
        lambda: donors.withdraw(donor, by=world.by("coordinator"), at=at, **leaves),
        lambda: act(world, case, by),
    )

    assert isinstance(answer, Withdrawal), (what, answer)
    assert not isinstance(other, Exception) or getattr(other, "sentences", None), (what, repr(other))
    check_gone(case, what=what, at=at)


def check_gone(case: MatchCase, *, what: str, at: Any) -> None:
    """Check that a withdrawal held, whatever was done beside it."""
    now = MatchCase.objects.select_related("donor__subject").get(pk=case.pk)
    given = {S.HANDED_OVER, S.DONATED}  # what was given stays given
    assert now.state == (S.DONATED if case.state in given else S.CLOSED), (what, now.state)
    assert now.donor.state == DonorState.WITHDRAWN, what
    assert still_in(now.donor, at=at) == [], what
    assert Withdrawal.objects.filter(donor=now.donor, ended_at__isnull=True).count() == 1, what
    steps = list(moves.steps_of(now))
    lines = TrailRow.objects.filter(object=f"registry.matchcase:{now.pk}", verb__startswith="matchcase.")
    assert lines.count() == len(steps), what
    assert now.donor.collections == (1 if case.state in given else 0), what


@pytest.mark.slow
def test_a_withdrawal_holds_against_every_act_on_a_match() -> None:
    world = World()
    for what in RACES:
        race(world, what)
