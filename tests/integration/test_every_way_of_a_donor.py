"""Donors driven by every act in any order: no state without its step and trail row, no short way."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from consent import actions as consents
from consent import evidence
from consent.models import Consent
from consent.purposes import CORE, Purpose
from consent.states import IN_FORCE
from foundation import moves, vault
from foundation.access import BranchKind, Role
from foundation.moves import Step
from foundation.trail import Actor
from foundation.trail.models import TrailRow
from foundation.vault import Capacity
from registry.donors import actions as donors
from registry.donors.models import Donor, Word
from registry.donors.reasons import Reason, SampleReason
from registry.donors.states import HAS_BEEN_LISTED, DonorState
from registry.samples import actions as samples
from registry.samples.models import Batch, Sample
from registry.samples.states import BatchState, SampleState
from tests.conftest import CI, ON_SERVERS
from tests.factories import consent as consent_factory
from tests.factories import donors as donor_factory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BEGIN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
WHOLE = CI and not ON_SERVERS  # what most of it asks is Python's: a few ways will do on the other database
EXAMPLES, STEPS = (40, 40) if WHOLE else (8, 30)
TYPING = "A*02:01+A*11:01^B*46:01+B*40:01^DRB1*09:01+DRB1*15:01"
REFUSALS = (moves.Refused, moves.NotAllowed)
ROLES = (Role.COORDINATOR, Role.CASEWORKER, Role.LABORATORY, Role.REGISTRY_MANAGER, Role.MEDICAL_REVIEWER)
REACHED: set[str] = set()  # by volunteers, who began at a drive
anyone = st.sampled_from(ROLES)
which = st.integers(0, 3)  # the last one was taken over from older records


class Ways(RuleBasedStateMachine):
    """Three volunteers and one of older records, everybody who may act on them, and time."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        province = BranchFactory(kind=BranchKind.PROVINCE)
        self.prefecture = BranchFactory(kind=BranchKind.PREFECTURE, parent=province)
        self.county = BranchFactory(parent=self.prefecture)
        self.laboratory = BranchFactory(kind=BranchKind.LABORATORY, parent=province)
        at = {
            Role.COORDINATOR: self.county,
            Role.CASEWORKER: self.prefecture,
            Role.LABORATORY: self.laboratory,
        }
        self.staff = {role: StaffFactory(role=role, branch=at.get(role, province)) for role in ROLES}
        self.text = consent_factory.text()
        self.signed, self.at, self.tubes = consent_factory.drawn(), BEGIN, 0
        self.ids: list[Any] = []
        self.older: Any = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    # what the acts need
    def by(self, role: Role) -> Actor:
        return actor(self.staff[role], at=self.at)

    def donor(self, number: int) -> Donor:
        return Donor.objects.get(pk=[*self.ids, self.older][number])

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

    def photograph(self) -> Any:
        return (list(Donor.objects.order_by("pk").values_list("pk", "state")), Step.objects.count())

    # beginnings
    @initialize()
    def three_volunteers(self) -> None:
        for on_paper in (False, False, True):
            with transaction.atomic():
                self.ids.append(self._register(on_paper=on_paper).pk)

    @initialize(state=st.sampled_from(list(DonorState)), listed=st.booleans())
    def one_of_older_records(self, state: DonorState, listed: bool) -> None:  # noqa: FBT001
        who = donor_factory.person()
        index = vault.index.document(who.document_kind, who.document_number)
        by = self.by(Role.REGISTRY_MANAGER)
        with transaction.atomic():
            subject = vault.create_subject(
                capacity=Capacity.DONOR, branch=self.county, document_index=index, at=self.at
            )
            if state != DonorState.WITHDRAWN:
                consents.take_over(subject, box="1", by=by, at=self.at, on=self.county)
            listed_on = self.at.date() if listed or state in HAS_BEEN_LISTED else None
            donor = donors.take_over(
                subject, who, [], state=state, branch=self.county, by=by, at=self.at,
                registered_at=self.at - timedelta(days=3000), facts={"listed_on": listed_on},
            )  # fmt: skip
        self.older = donor.pk

    def _register(self, *, on_paper: bool) -> Donor:
        who = donor_factory.person()
        index = vault.index.document(who.document_kind, who.document_number)
        subject = vault.create_subject(
            capacity=Capacity.DONOR, branch=self.county, document_index=index, at=self.at
        )
        by = self.by(Role.COORDINATOR)
        self._sign(subject, evidence.paper() if on_paper else self.signed)
        return donors.register(
            subject, who, donor_factory.contacts(), branch=self.county, by=by, at=self.at, on=self.county
        )

    def _sign(self, subject: Any, proof: evidence.NewEvidence) -> None:
        consents.record(
            subject, text=self.text, language="zh-hans", given=[*CORE, Purpose.CONTACT_PHONE], evidence=proof,
            by=self.by(Role.COORDINATOR), at=self.at, on=self.county,
        )  # fmt: skip

    @rule()
    def walk_on(self) -> None:
        """Do in order what usually follows, so that many runs come far."""
        for n in range(3):
            self.take_a_tube(n)
            self.verify_paper(n)
        self.time_passes(8)
        self.send_what_is_there()
        self.receive(use=True)
        self.type_all()
        for n in range(3):
            self.call(n, "yes")
            self.list_one(n, Role.REGISTRY_MANAGER)

    # time and acts
    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(n=which)
    def take_a_tube(self, n: int) -> None:
        self.tubes += 1
        code = f"ZJ{self.tubes:08}"
        by = self.by(Role.COORDINATOR)
        self.attempt(
            lambda: samples.collect(
                self.donor(n), barcode=code, kind="SWAB", taken_at=self.at, by=by, at=self.at
            )
        )

    @rule(n=which)
    def verify_paper(self, n: int) -> None:
        subject = self.donor(n).subject
        due = Consent.objects.filter(subject=subject, state="SIGNED")
        if due.exists():
            self.attempt(lambda: self._verify(subject, list(due)))

    def _verify(self, subject: Any, due: list[Consent]) -> None:
        if due[0].evidence is not None and due[0].evidence.attached_at is None:
            consents.attach_scan(subject, consent_factory.jpeg(), by=self.by(Role.COORDINATOR), at=self.at)
        consents.verify(
            Consent.objects.filter(pk__in=[c.pk for c in due]), by=self.by(Role.CASEWORKER), at=self.at
        )

    @rule()
    def send_what_is_there(self) -> None:
        there = list(Sample.objects.filter(state=SampleState.TAKEN))
        if there:
            self.attempt(lambda: self._send(there))

    def _send(self, there: list[Sample]) -> None:
        by = self.by(Role.CASEWORKER)
        box = samples.open_batch(from_branch=self.prefecture, laboratory=self.laboratory, by=by, at=self.at)
        for sample in there:
            samples.scan_in(box, sample.barcode, by=by, at=self.at)
        samples.dispatch_batch(samples.seal_batch(box, by=by, at=self.at), by=by, at=self.at)

    @rule(use=st.booleans())
    def receive(self, use: bool) -> None:  # noqa: FBT001
        by = self.by(Role.LABORATORY)
        for sample in list(Sample.objects.filter(batch__state=BatchState.SENT)):
            act = (
                (lambda s=sample: samples.receive(s.batch, s.barcode, by=by, at=self.at))
                if use
                else (lambda s=sample: samples.reject(
                    s, reason=SampleReason.CLOTTED, by=by, at=self.at, on=self.laboratory))
            )  # fmt: skip
            self.attempt(act)
        for box in list(Batch.objects.filter(state=BatchState.SENT)):
            self.attempt(lambda b=box: samples.finish_receipt(b, by=by, at=self.at))

    @rule()
    def type_all(self) -> None:
        by = self.by(Role.LABORATORY)
        for sample in list(Sample.objects.filter(state=SampleState.RECEIVED)):
            self.attempt(lambda s=sample: samples.record_typing(s, text=TYPING, by=by, at=self.at))

    @rule(n=which, said=st.sampled_from(["yes", "no"]))
    def call(self, n: int, said: str) -> None:
        answers = dict.fromkeys(("family_supports", "process_known", "would_go_on"), said)
        by = self.by(Role.COORDINATOR)
        self.attempt(
            lambda: donors.record_call(
                self.donor(n), kind="PRE_LISTING", result="REACHED", answers=answers, by=by, at=self.at
            )
        )

    @rule(n=which, role=anyone)
    def list_one(self, n: int, role: Role) -> None:
        if self.attempt(lambda: donors.list_donor(self.donor(n), by=self.by(role), at=self.at)):
            assert role == Role.REGISTRY_MANAGER
            self._was_ready(self.donor(n))

    def _was_ready(self, donor: Donor) -> None:
        self._may_be_offered(donor)
        if not donor.legacy:
            call = donor.calls.filter(kind="PRE_LISTING", result="REACHED").order_by("-at", "-id").first()
            assert call is not None, "a call"
            assert set(call.answers.values()) == {"yes"}

    def _may_be_offered(self, donor: Donor) -> None:
        if not donor.legacy:
            said = donor.calls.filter(kind="PRE_LISTING", result="REACHED").values_list("answers", flat=True)
            assert any(set(answers.values()) == {"yes"} for answers in said), "a call before the listing"
            assert Sample.objects.filter(donor=donor, state=SampleState.TYPED).exists(), "a sample"
            assert donor.typings.filter(disputed_at__isnull=True).exists(), "a typing"
        held = set(
            Consent.objects.filter(subject=donor.subject_id, state__in=IN_FORCE).values_list(
                "purpose", flat=True
            )
        )
        assert held >= CORE, "the consents"
        assert donor.listed_on is not None

    @rule(n=which, role=anyone, days=st.integers(-5, 900))
    def hold(self, n: int, role: Role, days: int) -> None:
        until = (self.at + timedelta(days=days)).date()
        done = self.attempt(
            lambda: donors.hold(
                self.donor(n), until=until, reason=Reason.MR_T_ILLNESS, by=self.by(role), at=self.at
            )
        )
        assert not done or 0 < days < 24 * 31

    @rule(n=which, role=anyone)
    def release(self, n: int, role: Role) -> None:
        wanted = self.donor(n).return_to
        if self.attempt(lambda: donors.release(self.donor(n), by=self.by(role), at=self.at)):
            assert self.donor(n).state == wanted
            if wanted == DonorState.LISTED:
                self._was_ready(self.donor(n))

    @rule(n=which, role=anyone)
    def lose(self, n: int, role: Role) -> None:
        done = self.attempt(lambda: donors.lose(self.donor(n), by=self.by(role), at=self.at))
        assert not done, "nobody is lost without three rounds of calls"

    @rule(n=which, role=anyone)
    def object_to(self, n: int, role: Role) -> None:
        state = self.donor(n).state
        self.attempt(lambda: donors.object_to(self.donor(n), by=self.by(role), at=self.at))
        assert self.donor(n).state == state
        assert (
            self.donor(n).objected_at is None
            or not Donor.objects.searchable().filter(pk=self.donor(n).pk).exists()
        )

    @rule(n=which, role=anyone)
    def reserve_and_free(self, n: int, role: Role) -> None:
        if self.attempt(lambda: donors.reserve(self.donor(n), by=self.by(role), at=self.at)):
            before = self.donor(n).before
            back = DonorState(before.get("state") or DonorState.LISTED)
            self.attempt(lambda: donors.free(self.donor(n), to=back, by=self.by(role), at=self.at))

    @rule(n=which, role=anyone)
    def dispute(self, n: int, role: Role) -> None:
        self.attempt(
            lambda: donors.dispute_typing(self.donor(n), reason=Reason.TQ, by=self.by(role), at=self.at)
        )

    @rule(n=which, purpose=st.sampled_from(sorted(CORE)))
    def withdraw_a_consent(self, n: int, purpose: str) -> None:
        donor = self.donor(n)
        consent = Consent.objects.filter(
            subject=donor.subject_id, purpose=purpose, state__in=IN_FORCE
        ).first()
        if consent is not None and self.attempt(
            lambda: consents.withdraw(consent, by=self.by(Role.COORDINATOR), at=self.at, on=donor)
        ):
            stays = donor.state in {DonorState.DECEASED, DonorState.TRANSFERRED}
            assert self.donor(n).state == (donor.state if stays else DonorState.WITHDRAWN)

    @rule(n=which)
    def withdraw(self, n: int) -> None:
        state = self.donor(n).state
        done = self.attempt(
            lambda: donors.withdraw(
                self.donor(n), by=self.by(Role.COORDINATOR), at=self.at, word=Word.STAFF_TWO_FACTS,
                facts=["document", "phone"],
            )
        )  # fmt: skip
        assert done == (state not in {DonorState.DECEASED, DonorState.TRANSFERRED}), (
            "a withdrawal is never refused"
        )
        if done:
            assert self.donor(n).state == DonorState.WITHDRAWN
            assert not Consent.objects.filter(subject=self.donor(n).subject_id, state__in=IN_FORCE).exists()

    @rule(n=which)
    def rejoin(self, n: int) -> None:
        donor = self.donor(n)
        self.attempt(lambda: self._rejoin(donor))

    def _rejoin(self, donor: Donor) -> None:
        if donor.state == DonorState.WITHDRAWN:
            self._sign(donor.subject, self.signed)
        donors.rejoin(donor, by=self.by(Role.COORDINATOR), at=self.at)

    @rule(n=which, role=anyone)
    def exclude(self, n: int, role: Role) -> None:
        if self.attempt(
            lambda: donors.exclude(self.donor(n), reason=Reason.MR_P_CARDIO, by=self.by(role), at=self.at)
        ):
            assert role == Role.MEDICAL_REVIEWER

    @rule(n=which, role=anyone)
    def die(self, n: int, role: Role) -> None:
        self.attempt(lambda: donors.die(self.donor(n), evidence="paper", by=self.by(role), at=self.at))

    # what must always hold
    @invariant()
    def every_state_has_its_step_and_its_line(self) -> None:
        for donor in Donor.objects.filter(pk__in=[*self.ids, self.older]):
            if not donor.legacy:
                REACHED.add(donor.state)
            steps = list(moves.steps_of(donor).order_by("recorded_at", "id"))
            assert steps, "a beginning"
            assert steps[-1].to_state == donor.state
            assert all(a.to_state == b.from_state for a, b in itertools.pairwise(steps)), "no gap"
            name = f"registry.donor:{donor.pk}"
            lines = TrailRow.objects.filter(object=name, verb__in=[f"donor.{s.move}" for s in steps])
            assert lines.count() == len(steps)

    @invariant()
    def nobody_who_left_can_be_found_for_a_patient(self) -> None:
        offered = Donor.objects.searchable().filter(pk__in=[*self.ids, self.older])
        assert not offered.exclude(state=DonorState.LISTED).exists()
        for donor in offered:
            self._may_be_offered(donor)


def test_every_way_of_a_donor() -> None:
    REACHED.clear()
    run_state_machine_as_test(
        Ways,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if WHOLE:
        far = {"REGISTERED", "SAMPLED", "LISTED", "ON_HOLD", "WITHDRAWN"}
        assert far <= REACHED, "the runs came far enough"
