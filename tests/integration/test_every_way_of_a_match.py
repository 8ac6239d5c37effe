"""Donors and matches driven together by everybody in any order: nothing skips what protects either side.

Each way begins in another state, to which the same acts led.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from consent import actions as consents
from consent.purposes import Purpose
from foundation import moves
from foundation.moves import Step
from foundation.trail import Actor, ActorKind
from foundation.trail.models import TrailRow
from registry.cases.models import MatchCase, Source
from registry.cases.states import THE_WAY, CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor, Word
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from tests.acts_on_a_match import ACTS, CAN_BE_LEFT_OUT, USUALLY
from tests.conftest import CI, ON_SERVERS
from tests.factories.messages import MessageFactory
from tests.factories.plans import PlanFactory, TouchpointFactory
from tests.queues import still_in
from tests.ways_of_a_match import (
    AT_HOSPITALS,
    FRESH_DAYS,
    STAFF,
    World,
    check_all_is_there,
    check_the_way_there,
    conditioned,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
S = CaseState
WHOLE = CI and not ON_SERVERS  # what most of it asks is Python's: a few ways will do on the other database
EXAMPLES, STEPS = (2, 40) if WHOLE else (1, 20)
KEEPS_BACK = {
    "find an infection", "stop at the bedside", "close: not needed", "close: changed their mind",
    "close: ill for a time",
}  # fmt: skip
A_FEW = ("find an infection", "stop at the bedside", "defer", "note harm")  # two that do, two that do not
FAR = (S.WAITING, S.POSTPONED, S.SCHEDULED, S.COLLECTING, S.HANDED_OVER, S.DONATED)
who = st.sampled_from(["", "", "", *STAFF, *AT_HOSPITALS, "task"])  # "": whose act it is
which = st.integers(0, 2)  # of the donors
nth = st.integers(0, 5)  # of the matches
act = st.sampled_from(sorted(ACTS))
ALL_OF_IT = sorted({what for acts in USUALLY.values() for what in acts})
EVERY_STEP = ["press conditioning", "ask for conditioning", *(acts[-1] for acts in USUALLY.values())]
EVERY_STEP.remove("the second person agrees")  # that is no act on the match
asked_for = st.sampled_from(["TYPING", "SECOND"])


class Ways(RuleBasedStateMachine):
    """The donors of a county, the notices and searches that ask for them, and everybody who may act."""

    begun: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.world = self.begun.beside()
        self.seen: set[Any] = conditioned()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def by(self, name: str) -> Actor:
        return self.world.by(name)

    def attempt(self, something: Callable[[datetime], Any]) -> bool:
        return self.world.attempt(something)

    @rule(k=nth, what=act, name=who)
    def do(self, k: int, what: str, name: str) -> None:
        self.world.do(k, what, name)

    @rule(k=nth, steps=st.integers(1, 4), without=st.sampled_from(["", "", *ALL_OF_IT]))
    def go_the_usual_way(self, k: int, steps: int, without: str) -> None:
        self.world.walk(k, steps, without=without)

    @rule(k=nth, name=who)
    def try_every_step(self, k: int, name: str) -> None:
        for what in EVERY_STEP:
            self.world.do(k, what, name)

    @rule(
        n=which,
        name=who,
        source=st.sampled_from(Source.values),
        request=st.sampled_from(["TYPING", "SECOND"]),
    )
    def ask_for(self, n: int, name: str, source: str, request: str) -> None:
        self.world.ask_for(n, name or "manager", source, request)

    @rule(name=who, yes=st.booleans())
    def answer(self, name: str, yes: bool) -> None:  # noqa: FBT001
        self.world.answer(name or "other", yes=yes)

    @rule(hours=st.sampled_from([1, 8, 25, 24 * 6, 24 * 35]))
    def time_passes(self, hours: int) -> None:
        self.world.at += timedelta(hours=hours)

    @rule(k=nth, purpose=st.sampled_from([Purpose.DONATION_FINAL, Purpose.VERIFICATION_TYPING]))
    def take_a_consent_back(self, k: int, purpose: str) -> None:
        case = self.world.case(k)
        given = case and self.world.agreed(case, purpose)
        if case and given:
            by = self.by("coordinator")
            self.attempt(lambda at: consents.withdraw(given, by=by, at=at, on=case.donor))

    @rule(n=which, by_link=st.booleans())
    def withdraw(self, n: int, by_link: bool) -> None:  # noqa: FBT001
        donor = self.world.donor(n)
        by = Actor(ActorKind.SUBJECT, str(donor.subject_id)) if by_link else self.by("coordinator")
        word = Word.LINK if by_link else Word.STAFF_TWO_FACTS
        facts = () if by_link else ("document", "phone")
        done = self.attempt(lambda at: donors.withdraw(donor, by=by, at=at, word=word, facts=facts))
        can_leave = donor.state not in {DonorState.DECEASED, DonorState.TRANSFERRED}
        assert done == can_leave, "a withdrawal is never refused"

    @rule(n=which)
    def it_was_a_mistake(self, n: int) -> None:
        by = self.by("coordinator")
        if self.attempt(lambda at: donors.ask_to_undo(self.world.donor(n), by=by, at=at)):
            self.world.answer("manager")

    @rule(n=which, name=st.sampled_from(["doctor", "manager"]))
    def exclude(self, n: int, name: str) -> None:
        donor, by = self.world.donor(n), self.by(name)
        self.attempt(lambda at: donors.exclude(donor, reason=Reason.MR_P_CARDIO, by=by, at=at))

    @rule(n=which, name=who)
    def hold(self, n: int, name: str) -> None:
        donor, by = self.world.donor(n), self.by(name or "coordinator")
        until = self.world.today + timedelta(days=60)
        self.attempt(lambda at: donors.hold(donor, until=until, reason=Reason.OT, by=by, at=at))

    @rule(n=which)
    def offer_again_who_donated(self, n: int) -> None:
        by = self.by("doctor")
        self.attempt(lambda at: donors.ask_to_relist(self.world.donor(n), by=by, at=at))

    @rule(n=which, alive=st.booleans())
    def say_they_died(self, n: int, alive: bool) -> None:  # noqa: FBT001
        said, by = donors.lift_death_report if alive else donors.report_dead, self.by("coordinator")
        self.attempt(lambda at: said(self.world.donor(n), by=by, at=at))

    # what must always hold
    @invariant()
    def one_match_keeps_a_donor_and_no_match_nobody(self) -> None:
        keeping = Counter(MatchCase.objects.active().values_list("donor_id", flat=True))
        for pk, state in Donor.objects.filter(pk__in=self.world.ids).values_list("pk", "state"):
            assert keeping[pk] <= 1, "two active matches of one donor"
            assert (state == DonorState.IN_CASE) == (keeping[pk] == 1), (state, keeping[pk])

    @invariant()
    def conditioning_has_all_behind_it(self) -> None:
        """Look at each match that has come there or further with one's own eyes, not those of its guards."""
        for pk, at in conditioned() - self.seen:
            self.seen.add((pk, at))
            check_all_is_there(self.world, MatchCase.objects.select_related("donor").get(pk=pk))

    @invariant()
    def what_was_begun_can_be_ended(self) -> None:
        """Where all that it rests on stands, nothing that anybody adds keeps the cells from the patient."""
        for case in MatchCase.objects.filter(state=CaseState.MOBILISING).select_related("donor"):
            fresh = case.markers_on and (self.world.today - case.markers_on).days <= FRESH_DAYS
            stands = case.cleared_at and self.world.agreed(case, Purpose.DONATION_FINAL)
            if fresh and stands and case.donor.death_reported_at is None:
                assert moves.missing(case, "collect", by=self.by("manager"), at=self.world.at) == []

    @invariant()
    def who_left_is_in_no_queue(self) -> None:
        for donor in Donor.objects.filter(pk__in=self.world.ids, state=DonorState.WITHDRAWN):
            assert still_in(donor, at=self.world.at) == []

    @invariant()
    def every_change_has_its_step_and_its_line(self) -> None:
        """And no line is there without a change."""
        ways: dict[Any, list[tuple[str, str]]] = {}
        of_matches = Step.objects.filter(object_type="registry.matchcase").order_by("recorded_at", "id")
        stepped = list(of_matches.values_list("object_id", "move", "from_state", "to_state"))
        for pk, _move, before, after in stepped:
            ways.setdefault(pk, []).append((before, after))
        for case in self.world.cases():
            way = ways[case.pk]
            assert way[-1][1] == case.state
            assert all(a[1] == b[0] for a, b in itertools.pairwise(way)), "no gap"
        lines = TrailRow.objects.filter(verb__startswith="matchcase.").values_list("object", "verb")
        assert Counter(lines) == Counter(
            (f"registry.matchcase:{pk}", f"matchcase.{move}") for pk, move, _before, _after in stepped
        )


def begin_at(start: CaseState) -> World:
    """Return a world whose first match stands in a state, by the acts that lead there."""
    world = World()
    for n in range(3):  # each stands in the queues of other rooms
        subject = world.donor(n).subject
        MessageFactory(subject=subject)
        TouchpointFactory(plan=PlanFactory(subject=subject))
    world.ask_for(0, "zhou", Source.DOMESTIC)
    if start == S.WAITING:
        world.walk(0, 2)
        world.ask_for(0, "zhou", Source.DOMESTIC)
    elif start == S.POSTPONED:
        world.walk(0, THE_WAY.index(S.SCHEDULED))
        world.do(0, "postpone")
    elif start == S.CLOSED:
        world.walk(0, 2)
        world.do(0, "close: changed their mind")
    else:
        world.walk(0, THE_WAY.index(start))
    return world


@pytest.mark.parametrize(
    "start", [pytest.param(one, marks=[] if one in FAR else pytest.mark.slow, id=one) for one in S]
)
def test_every_way_from(start: CaseState) -> None:
    world = begin_at(start)
    assert start in {case.state for case in world.cases()}, "the usual way leads there"
    check_the_way_there(world)
    run_state_machine_as_test(
        type(f"From{start}", (Ways,), {"begun": world}),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to make a way shorter takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_usual_way_needs_each_of_its_acts() -> None:
    """Leave out one act after the other: the match stays where it was."""
    world = World()
    world.ask_for(0, "zhou", Source.DOMESTIC)
    for state in THE_WAY[:-1]:
        for what in USUALLY[state]:
            with transaction.atomic():
                twin = world.beside()
                twin.walk(0, 1, without=what)
                twin.do(0, "press conditioning")
                led_on = twin.cases().get().state != state
                assert led_on == (what in CAN_BE_LEFT_OUT), what
                transaction.set_rollback(True)
        world.walk(0, 1)
    assert world.cases().get().state == S.DONATED
    check_the_way_there(world)


@pytest.mark.parametrize(
    "acts", [pytest.param(tuple(ACTS), marks=pytest.mark.slow, id="all"), pytest.param(A_FEW, id="a few")]
)
def test_nothing_but_a_finding_or_a_stop_keeps_the_cells_from_the_patient(acts: tuple[str, ...]) -> None:
    world = begin_at(S.MOBILISING)
    kept = set()
    for what in acts:
        with transaction.atomic():
            twin = world.beside()
            twin.do(0, what)
            twin.walk(0, 3)
            if twin.cases().get().state != S.DONATED:
                kept.add(what)
            transaction.set_rollback(True)
    assert kept == KEEPS_BACK.intersection(acts)
