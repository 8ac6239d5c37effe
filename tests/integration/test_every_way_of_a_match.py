"""Donors and matches driven together by everybody in any order: nothing skips what protects either side."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from consent import actions as consents
from consent.models import Consent
from consent.purposes import Purpose
from consent.states import IN_FORCE
from foundation import access, approvals, moves, vault
from foundation.access import BranchKind, Role, named
from foundation.approvals import Approval
from foundation.moves import Step
from foundation.trail import Actor, ActorKind
from foundation.trail.models import TrailRow
from notifications.outbox import Message, MessageState
from registry.cases import actions, outcomes
from registry.cases.models import MatchCase, Source
from registry.cases.models.workflow import Workflow
from registry.cases.states import OPEN, CaseState
from registry.donors import actions as donors
from registry.donors.models import CallTask, Donor, Word
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from tests.conftest import CI, ON_SERVERS
from tests.factories import consent as consent_factory
from tests.factories.cases import PatientFactory, agree, notice
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BEGIN = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
WHOLE = CI and not ON_SERVERS  # what most of it asks is Python's: a few ways will do on the other database
EXAMPLES, STEPS = (12, 45) if WHOLE else (4, 40)
REFUSALS = (moves.Refused, moves.NotAllowed)
STAFF = {
    "zhou": Role.CASEWORKER,
    "coordinator": Role.COORDINATOR,
    "manager": Role.REGISTRY_MANAGER,
    "other": Role.REGISTRY_MANAGER,
    "doctor": Role.MEDICAL_REVIEWER,
}
MOVES = sorted(name for name in vars(Workflow) if hasattr(getattr(Workflow, name), "_django_fsm"))
NEGATIVE = dict.fromkeys(("HBV", "HCV", "HIV", "SYPHILIS", "CMV", "EBV"), "NEGATIVE")
REACHED: set[str] = set()
who = st.sampled_from(["manager", *STAFF, "hospital", "task"])
which = st.integers(0, 1)  # of two donors
nth = st.integers(0, 5)  # of the matches that are open
outcome = st.sampled_from(sorted(outcomes.CODES))


class Ways(RuleBasedStateMachine):
    """Two donors, the notices and searches that ask for them, and everybody who may act."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.county = BranchFactory()
        self.hospital = BranchFactory(kind=BranchKind.HOSPITAL)
        self.staff = {name: StaffFactory(role=role, branch=self.county) for name, role in STAFF.items()}
        self.staff["hospital"] = StaffFactory(role=Role.TRANSPLANT_HOSPITAL, branch=self.hospital)
        self.at, self.ids = BEGIN, []
        self.before: dict[Any, str] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(steps=st.integers(0, 13))
    def two_listed_donors_and_a_match_somewhere_on_its_way(self, steps: int) -> None:
        for _ in range(2):
            donor = DonorFactory(state=DonorState.LISTED, branch=self.county)
            consent_factory.sign(donor.subject, by=self.by("coordinator"))
            self.ids.append(donor.pk)
        self.ask_for(0, "zhou", Source.DOMESTIC)
        self.walk_on(0, steps, days=1)

    # what the acts need
    def by(self, name: str) -> Actor:
        return access.task_actor("cases.tend") if name == "task" else actor(self.staff[name], at=self.at)

    def donor(self, n: int) -> Donor:
        return Donor.objects.select_related("subject").get(pk=self.ids[n])

    def case(self, n: int) -> MatchCase | None:
        going_on = list(
            MatchCase.objects.open().filter(donor__in=self.ids).select_related("donor").order_by("id")
        )
        return going_on[n % len(going_on)] if going_on else None

    def agree_once(self, case: MatchCase, purpose: Purpose) -> None:
        given = Consent.objects.filter(subject=case.donor.subject_id, matter=str(case.pk))
        if not given.filter(purpose=purpose, state__in=IN_FORCE).exists():
            agree(case, purpose)

    def photograph(self) -> Any:
        return (
            list(MatchCase.objects.order_by("pk").values()),
            list(Donor.objects.order_by("pk").values_list("pk", "state")),
            Step.objects.count(),
        )

    def attempt(self, act: Callable[[], Any]) -> bool:
        """Do it; a refusal must leave everything as it was."""
        before = self.photograph()
        try:
            with transaction.atomic():
                act()
        except REFUSALS:
            assert self.photograph() == before
            return False
        return True

    def on_case(self, n: int, act: Callable[[MatchCase], Any]) -> bool:
        case = self.case(n)
        return case is not None and self.attempt(lambda: act(case))

    # notices, searches, contact
    @rule(n=which, name=who, source=st.sampled_from(Source.values))
    def ask_for(self, n: int, name: str, source: str) -> None:
        patient = PatientFactory(branch=self.county, hospital=self.hospital)
        code = "" if source == Source.SEARCH else notice().code
        said = notice(source=source, code=code, requested_on=timezone.localdate(self.at))
        donor, by = self.donor(n), self.by(name)
        self.attempt(lambda: actions.open_case(donor, patient, notice=said, by=by, at=self.at))

    @rule(k=nth, name=who, result=st.sampled_from(["REACHED", "NO_ANSWER"]), goes_on=st.booleans())
    def ring(self, k: int, name: str, result: str, *, goes_on: bool = True) -> None:
        said = {"result": result, "answer": "go_on" if goes_on else "leave"}
        self.on_case(k, lambda c: actions.record_attempt(c, **said, by=self.by(name), at=self.at))

    # facts, each by anybody
    @rule(k=nth)
    def learn_what_typing_again_asks(self, k: int) -> None:
        case = self.case(k)
        if case is not None:
            MatchCase.objects.filter(pk=case.pk).update(fit_at=self.at, stance_at=self.at)
            self.agree_once(case, Purpose.VERIFICATION_TYPING)

    @rule(k=nth, days=st.integers(0, 3))
    def sign_the_final_consent(self, k: int, days: int) -> None:
        case = self.case(k)
        if case is not None:
            talked = self.at - timedelta(days=days)
            MatchCase.objects.filter(pk=case.pk).update(talked_at=talked, final_consent_at=self.at)
            self.agree_once(case, Purpose.DONATION_FINAL)

    @rule(k=nth, name=who, fit=st.booleans())
    def examine(self, k: int, name: str, fit: bool) -> None:  # noqa: FBT001
        by, on = self.by(name), timezone.localdate(self.at)
        found = dict(NEGATIVE) if fit else {**NEGATIVE, "HIV": "POSITIVE"}
        for kind, said in (
            ("EXAMINATION", {"fit": True}), ("PREGNANCY", {"fit": True}), ("MARKERS", {"results": found})
        ):  # fmt: skip
            self.on_case(
                k,
                lambda c, kind=kind, said=said: actions.record_finding(
                    c, kind=kind, on=on, by=by, at=self.at, **said
                ),
            )
        self.on_case(k, lambda c: actions.clear(c, by=by, at=self.at))

    @rule(k=nth, name=who, other=which)
    def settle_days_and_backup(self, k: int, name: str, other: int) -> None:
        by, today = self.by(name), timezone.localdate(self.at)
        days = {"conditioning_on": today + timedelta(days=2), "collection_on": today + timedelta(days=9)}
        self.on_case(k, lambda c: actions.set_dates(c, product="PBSC", **days, by=by, at=self.at))
        backup = self.donor(other)
        if not self.on_case(k, lambda c: actions.name_backup(c, donor=backup, by=by, at=self.at)):
            self.on_case(
                k, lambda c: actions.name_backup(c, none="NONE_FOUND", words="无", by=by, at=self.at)
            )

    @rule(k=nth, name=who)
    def hear_from_the_hospital(self, k: int, name: str) -> None:
        case = self.case(k)
        if case is not None:
            named.add(self.staff["hospital"], case)
        on = timezone.localdate(self.at) + timedelta(days=2)
        self.on_case(
            k,
            lambda c: actions.record_message(
                c, said_at=self.at, reference="TX-1", conditioning_on=on, by=self.by(name), at=self.at
            ),
        )

    # moves
    @rule(k=nth, name=who, move=st.sampled_from(MOVES))
    def press(self, k: int, name: str, move: str) -> None:
        self.on_case(k, lambda c: self._move(c, move, self.by(name)))

    @rule(k=nth, steps=st.integers(3, 14), days=st.integers(0, 2))
    def walk_on(self, k: int, steps: int, days: int) -> None:
        """Do in order what usually follows, so that many runs come far."""
        self.ring(k, "coordinator", "REACHED")
        self.learn_what_typing_again_asks(k)
        for move in (
            "remobilise", "agree", "take_sample", "send_to_lab", "confirm_match", "ask_hospital",
            "start_work_up", "schedule", "condition", "mobilise", "collect", "hand_over", "donate",
        )[:steps]:  # fmt: skip
            if move == "schedule":
                self.sign_the_final_consent(k, days)
                self.settle_days_and_backup(k, "manager", 1)
                self.examine(k, "doctor", fit=True)
            if move == "condition":
                self.ring(k, "zhou", "REACHED")
                self.hear_from_the_hospital(k, "hospital")
                self.ask_for_conditioning(k, "manager")
                self.answer("other", yes=True)
            if move == "hand_over":
                self.on_case(k, self._collect_and_hand_over)
            if move != "condition":
                self.press(k, "manager", move)
            self.conditioning_has_all_behind_it()

    def _collect_and_hand_over(self, case: MatchCase) -> None:
        by, today = self.by("manager"), timezone.localdate(self.at)
        actions.record_day(case, on=today, volume_ml=Decimal(200), cd34_per_kg=Decimal(4), by=by, at=self.at)
        actions.begin_hand_over(
            case, bags=1, temperature_c=Decimal(4), courier="李", left_at=self.at, by=by, at=self.at
        )
        actions.confirm_hand_over(case, by=self.by("other"), at=self.at)
        actions.advance(case, "hand_over", by=by, at=self.at)
        actions.record_arrival(case, arrived_at=self.at, by=by, at=self.at)

    def _move(self, case: MatchCase, move: str, by: Actor) -> None:
        said: dict[str, Callable[[], Any]] = {
            "take_sample": lambda: actions.take_sample(case, volume_ml=Decimal(10), by=by, at=self.at),
            "confirm_match": lambda: actions.confirm_match(case, confirmed=True, by=by, at=self.at),
            "start_work_up": lambda: actions.start_work_up(case, decided=True, by=by, at=self.at),
            "donate": lambda: actions.donate(case, by=by, at=self.at),
            "resume": lambda: actions.resume(case, by=by, at=self.at),
            "close": lambda: actions.close(case, outcome="PDC", by=by, at=self.at),
            "postpone": lambda: actions.postpone(
                case, until=(self.at + timedelta(days=30)).date(), reason="OT", by=by, at=self.at
            ),
        }
        said.get(move, lambda: actions.advance(case, move, by=by, at=self.at))()

    @rule(k=nth, name=who, code=outcome)
    def close(self, k: int, name: str, code: str) -> None:
        self.on_case(k, lambda c: actions.close(c, outcome=code, by=self.by(name), at=self.at))

    @rule(k=nth, name=who)
    def ask_for_conditioning(self, k: int, name: str) -> None:
        self.on_case(k, lambda c: actions.ask_conditioning(c, by=self.by(name), at=self.at))

    @rule(name=who, yes=st.booleans())
    def answer(self, name: str, yes: bool) -> None:  # noqa: FBT001
        for question in list(Approval.objects.waiting(self.at)):
            said = {} if yes else {"answer": "unclear"}
            self.attempt(
                lambda q=question, said=said: approvals.decide(
                    q, yes=yes, by=self.by(name), at=self.at, **said
                )
            )

    # what comes between
    @rule(hours=st.integers(1, 30))
    def some_hours_pass(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule(days=st.integers(5, 40))
    def weeks_pass(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(k=nth)
    def withdraw_the_final_consent(self, k: int) -> None:
        case = self.case(k)
        given = Consent.objects.filter(
            purpose=Purpose.DONATION_FINAL, matter=str(case.pk) if case else "-", state__in=IN_FORCE
        ).first()
        if case is not None and given is not None:
            self.attempt(
                lambda: consents.withdraw(given, by=self.by("coordinator"), at=self.at, on=case.donor)
            )

    @rule(n=which, by_link=st.booleans())
    def withdraw(self, n: int, by_link: bool) -> None:  # noqa: FBT001
        donor = self.donor(n)
        by = Actor(ActorKind.SUBJECT, str(donor.subject_id)) if by_link else self.by("coordinator")
        word = Word.LINK if by_link else Word.STAFF_TWO_FACTS
        facts = () if by_link else ("document", "phone")
        done = self.attempt(lambda: donors.withdraw(donor, by=by, at=self.at, word=word, facts=facts))
        can_leave = donor.state not in {DonorState.DECEASED, DonorState.TRANSFERRED}
        assert done == can_leave, "a withdrawal is never refused"

    @rule(n=which)
    def it_was_a_mistake(self, n: int) -> None:
        by = self.by("coordinator")
        if self.attempt(lambda: donors.ask_to_undo(self.donor(n), by=by, at=self.at)):
            self.answer("manager", yes=True)

    @rule(n=which, name=who)
    def exclude(self, n: int, name: str) -> None:
        by = self.by(name)
        self.attempt(lambda: donors.exclude(self.donor(n), reason=Reason.MR_P_CARDIO, by=by, at=self.at))

    @rule(n=which, name=who)
    def hold(self, n: int, name: str) -> None:
        until = (self.at + timedelta(days=60)).date()
        self.attempt(
            lambda: donors.hold(self.donor(n), until=until, reason=Reason.OT, by=self.by(name), at=self.at)
        )

    @rule(n=which)
    def say_they_died(self, n: int) -> None:
        with transaction.atomic():
            vault.report_dead(self.donor(n).subject, by=self.by("coordinator"), at=self.at)

    # what must always hold
    @invariant()
    def one_match_keeps_a_donor_and_no_match_nobody(self) -> None:
        for donor in Donor.objects.filter(pk__in=self.ids):
            keeping = MatchCase.objects.active().filter(donor=donor).count()
            assert keeping <= 1, "two active matches of one donor"
            assert (donor.state == DonorState.IN_CASE) == (keeping == 1), (donor.state, keeping)

    @invariant()
    def conditioning_has_all_behind_it(self) -> None:
        """Look at each match that has newly come there with one's own eyes, not those of its guards."""
        for case in MatchCase.objects.filter(donor__in=self.ids).select_related("donor"):
            came_now = case.state == CaseState.CONDITIONING != self.before.get(case.pk)
            self.before[case.pk] = case.state
            REACHED.add(case.state)
            if came_now and not self._was_put_back(case):
                self._all_is_there(case)

    def _was_put_back(self, case: MatchCase) -> bool:
        return moves.steps_of(case).order_by("-recorded_at", "-id")[0].move == "mark_as_error"

    def _all_is_there(self, case: MatchCase) -> None:
        today = timezone.localdate(self.at)
        assert case.cleared_at, "clearance"
        assert case.examination_fit, "clearance"
        assert case.markers_fit, "clearance"
        assert case.donor.sex != "F" or case.pregnancy_fit, "clearance"
        assert case.markers_on is not None
        assert (max(case.collection_on or today, today) - case.markers_on).days <= 30, "fresh markers"
        assert case.final_consent_at is not None
        assert case.talked_at is not None
        assert case.final_consent_at - case.talked_at >= timedelta(hours=24), "a night between"
        final = Consent.objects.filter(
            subject=case.donor.subject_id, purpose=Purpose.DONATION_FINAL, matter=str(case.pk)
        )
        assert final.filter(state__in=IN_FORCE).exists(), "final consent"
        assert case.hospital_message_at is not None, "hospital message"
        assert case.last_reached_at is not None
        assert case.conditioning_at is not None
        assert case.conditioning_at - case.last_reached_at <= timedelta(hours=24), "reached"
        asked = Approval.objects.get(object_id=str(case.pk), decision="yes", decided_at=case.conditioning_at)
        assert asked.by_id != asked.decided_by_id, "two people"

    @invariant()
    def who_left_is_in_no_queue(self) -> None:
        for donor in Donor.objects.filter(pk__in=self.ids, state=DonorState.WITHDRAWN):
            assert not MatchCase.objects.open().filter(donor=donor).exists()
            assert not MatchCase.objects.open().filter(backup=donor).exists()
            assert not CallTask.objects.open().filter(donor=donor).exists()
            waiting = Message.objects.filter(subject=donor.subject_id)
            assert not waiting.filter(state__in=[MessageState.DUE, MessageState.HELD]).exists()

    @invariant()
    def every_state_has_its_step_and_its_line(self) -> None:
        for case in MatchCase.objects.filter(donor__in=self.ids):
            steps = list(moves.steps_of(case).order_by("recorded_at", "id"))
            assert steps[-1].to_state == case.state
            assert all(a.to_state == b.from_state for a, b in itertools.pairwise(steps)), "no gap"
            verbs = [f"matchcase.{step.move}" for step in steps]
            lines = TrailRow.objects.filter(object=f"registry.matchcase:{case.pk}", verb__in=verbs)
            assert lines.count() == len(steps), "a line each"


def test_every_way_of_a_match() -> None:
    REACHED.clear()
    run_state_machine_as_test(
        Ways,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to make a way shorter takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert set(OPEN) & REACHED, "somebody was asked"
    if WHOLE:
        far = {"CONTACTING", "HR_AGREED", "TC_DECISION", "SCHEDULED", "CONDITIONING", "MOBILISING", "CLOSED"}
        assert far <= REACHED, "the runs came far enough"
