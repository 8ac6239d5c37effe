"""Whatever happens to a person's consents, in whatever order, the gate and the records agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from consent import actions, evidence, gate
from consent.models import Consent, Evidence
from consent.purposes import CORE, Purpose
from consent.states import IN_FORCE, STANDING, State
from foundation.access import Role
from foundation.moves import Refused, Step
from foundation.trail.models import TrailRow
from tests.factories.consent import SIGNED_AT, drawn, jpeg, sign, subject
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
PURPOSES = sorted({*CORE, Purpose.CONTACT_PHONE})
some = st.sets(st.sampled_from(PURPOSES), min_size=1, max_size=3)


class Consents(RuleBasedStateMachine):
    """One person, a coordinator and a caseworker, for a few years."""

    def __init__(self):
        super().__init__()
        county = BranchFactory()
        self.person = subject(county)
        self.taker = actor(StaffFactory(branch=county))
        self.verifier = actor(StaffFactory(role=Role.CASEWORKER, branch=county.parent))
        self.drawn = drawn()
        self.at = SIGNED_AT

    def later(self):
        self.at += timedelta(days=1)
        return self.at

    def mine(self, **more):
        return Consent.objects.filter(subject=self.person, **more)

    @rule(given=some)
    def sign_on_the_screen(self, given):
        sign(self.person, given=given, proof=self.drawn, by=self.taker, at=self.later())

    @rule(given=some)
    def sign_on_paper(self, given):
        sign(self.person, given=given, proof=evidence.paper(), by=self.taker, at=self.later())

    @rule(given=some, declined=some)
    def say_no_to_some(self, given, declined):
        sign(
            self.person, given=given - declined, declined=declined, proof=self.drawn,
            by=self.taker, at=self.later(),
        )  # fmt: skip

    @rule()
    def bring_the_scan(self):
        for proof in Evidence.objects.missing().filter(subject=self.person):
            actions.attach_scan(self.person, jpeg(), by=self.taker, at=self.later(), evidence=proof)

    @rule()
    def verify(self):
        for proof in Evidence.objects.waiting().filter(subject=self.person):
            waiting = self.mine(evidence=proof, state=State.SIGNED)
            if proof.is_missing:
                with pytest.raises(Refused):
                    actions.verify(waiting, by=self.verifier, at=self.later())
            else:
                actions.verify(waiting, by=self.verifier, at=self.later())

    @rule(purpose=st.sampled_from(PURPOSES))
    def withdraw(self, purpose):
        for consent in self.mine(purpose=purpose, state__in=STANDING):
            actions.withdraw(consent, by=self.taker, at=self.later())

    @rule()
    def leave(self):
        actions.withdraw_all(self.person, by=self.taker, at=self.later())

    @rule()
    def leave_by_mistake(self):
        before = sorted(self.mine(state__in=STANDING).values_list("pk", "state"))
        gone = actions.withdraw_all(self.person, by=self.taker, at=self.later())
        actions.restore(gone, by=self.taker, at=self.later())
        after = sorted(self.mine(state__in=STANDING).values_list("pk", "state"))
        assert after == before

    @invariant()
    def the_gate_is_open_only_for_what_stands(self):
        for purpose in PURPOSES:
            standing = set(self.mine(purpose=purpose).values_list("state", flat=True))
            assert gate.allows(self.person, purpose) == bool(standing & IN_FORCE)
            assert gate.allows(self.person, purpose, at_least=State.SIGNED) == bool(standing & STANDING)

    @invariant()
    def every_state_has_its_step_and_its_trail_row(self):
        for consent in self.mine():
            last = Step.objects.filter(object_id=consent.pk).order_by("-at", "-id").first()
            assert last is not None
            assert last.to_state == consent.state
        ids = [f"consent.consent:{pk}" for pk in self.mine().values_list("pk", flat=True)]
        steps = Step.objects.filter(object_id__in=self.mine().values("pk")).count()
        assert TrailRow.objects.filter(object__in=ids).count() == steps

    @invariant()
    def nobody_verified_their_own(self):
        assert not self.mine(verified_by_id=self.taker.id).exists()


def test_the_gate_and_the_records_agree_whatever_happens():
    run_state_machine_as_test(
        Consents,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
