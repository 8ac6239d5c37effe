"""From the desk to the list: register, tube, seven days, laboratory, call, listing; and what refuses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from consent.purposes import CORE, Purpose
from foundation import approvals, moves, vault
from foundation.access import BranchKind, Role
from foundation.trail.models import TrailRow
from registry.donors import actions, queries
from registry.donors.models import CallTask, Donor
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from registry.samples import actions as samples
from registry.samples.models import Sample
from tests.factories.consent import sign
from tests.factories.donors import DonorFactory, contacts, person
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
YES = {"family_supports": "yes", "process_known": "yes", "would_go_on": "yes"}
TYPING = "A*02:01+A*11:01^B*40:01+B*46:01^DRB1*09:01+DRB1*12:02"


class House:
    """A county, its prefecture and province, a laboratory, and somebody in each."""

    def __init__(self) -> None:
        self.county = BranchFactory()
        self.prefecture = self.county.parent
        self.province = self.prefecture.parent
        self.laboratory = BranchFactory(kind=BranchKind.LABORATORY, parent=self.province)
        self.coordinator = actor(StaffFactory(role=Role.COORDINATOR, branch=self.county))
        self.caseworker = actor(StaffFactory(role=Role.CASEWORKER, branch=self.prefecture))
        self.manager = actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=self.province))
        self.reviewer = actor(StaffFactory(role=Role.MEDICAL_REVIEWER, branch=self.province))
        self.technician = actor(StaffFactory(role=Role.LABORATORY, branch=self.laboratory))

    def register(self, *, at: datetime, given: Any = CORE, named: Any = None, **about: Any) -> Donor:
        """Register somebody with their consents, as a drive does."""
        who = person(**about)
        subject = vault.create_subject(
            capacity=vault.Capacity.DONOR,
            branch=self.county,
            document_index=vault.index.document(who.document_kind, who.document_number),
            at=at,
        )
        if given:
            sign(subject, given=given, by=self.coordinator, at=at)
        people = contacts() if named is None else named
        return actions.register(subject, who, people, branch=self.county, by=self.coordinator, at=at)

    def take_tube(self, donor: Donor, *, at: datetime) -> Sample:
        """Take a tube of blood."""
        return samples.collect(
            donor, barcode=f"ZJ{donor.pk.int % 10**10:010}", kind="BLOOD", volume_ml=Decimal(7),
            taken_at=at, by=self.coordinator, at=at,
        )  # fmt: skip

    def send(self, sample: Sample, *, at: datetime) -> Any:
        """Send the tube in a sealed box."""
        box = samples.open_batch(
            from_branch=self.prefecture, laboratory=self.laboratory, by=self.caseworker, at=at
        )
        samples.scan_in(box, sample.barcode, by=self.caseworker, at=at)
        box = samples.seal_batch(box, by=self.caseworker, at=at)
        return samples.dispatch_batch(box, by=self.caseworker, at=at)

    def type(self, box: Any, sample: Sample, *, at: datetime) -> None:
        """Receive the box and type the tube."""
        samples.receive(box, sample.barcode, by=self.technician, at=at)
        samples.record_typing(Sample.objects.get(pk=sample.pk), text=TYPING, by=self.technician, at=at)


@pytest.fixture
def house() -> House:
    return House()


def again(donor: Donor) -> Donor:
    return Donor.objects.get(pk=donor.pk)


def sentences(act: Callable[[], Any]) -> str:
    """Return what refuses an act, in English, and check that nothing of it stayed."""
    with translation.override("en"), pytest.raises(moves.Refused) as refusal, transaction.atomic():
        act()
    with translation.override("en"):
        return " ".join(str(sentence) for sentence in refusal.value.sentences)


class TestTheWholeWay:
    def test_leads_from_the_desk_to_the_list(self, house: House, now: datetime) -> None:
        donor = house.register(at=now)
        tube = house.take_tube(donor, at=now)
        week = now + timedelta(days=7)
        box = house.send(tube, at=week)
        house.type(box, tube, at=week + timedelta(days=3))
        task = CallTask.objects.get(kind="PRE_LISTING")
        called = week + timedelta(days=4)
        actions.record_call(
            donor,
            kind="PRE_LISTING",
            result="REACHED",
            answers=YES,
            task=task,
            by=house.coordinator,
            at=called,
        )

        [ready] = queries.readiness([again(donor)], by=house.manager, at=called)
        listed, left = actions.list_ready([donor.pk], by=house.manager, at=called)

        assert ready.ready
        assert (len(listed), left) == (1, [])
        assert Donor.objects.searchable().get().listed_on == date(2026, 12, 1)
        made = [step.move for step in moves.steps_of(donor)]
        assert made == ["register", "collect_sample", "dispatch", "record_typing", "list"]
        assert TrailRow.objects.filter(object=f"registry.donor:{donor.pk}", verb="donor.list").exists()


class TestRegistering:
    def test_names_everything_that_is_missing_at_once(self, house: House, now: datetime) -> None:
        said = sentences(
            lambda: house.register(
                at=now, given=(), named=[], born_on=date(1970, 1, 1), weight_kg=Decimal(40)
            )
        )

        for part in ("before they turn 46", "45 kg", "Two relatives", "consents of the drive"):
            assert part in said
        assert not Donor.objects.exists()

    def test_does_not_count_the_volunteers_own_number_as_a_contact(self, house: House, now: datetime) -> None:
        who = person()
        people = [replace(one, phone=who.phone) for one in contacts()]

        assert "Two relatives" in sentences(lambda: house.register(at=now, phone=who.phone, named=people))

    def test_refuses_a_document_that_is_registered(self, house: House, now: datetime) -> None:
        who = person()
        house.register(at=now, document_number=who.document_number)

        with pytest.raises(vault.AlreadyThere):
            house.register(at=now, document_number=who.document_number)


class TestDispatch:
    def test_waits_for_the_seven_days(self, house: House, now: datetime) -> None:
        tube = house.take_tube(house.register(at=now), at=now)

        with pytest.raises(moves.Refused), transaction.atomic():
            house.send(tube, at=now + timedelta(days=6, hours=23))

        assert Donor.objects.get().state == DonorState.SAMPLED


class TestListing:
    def test_says_what_is_missing(self, house: House, now: datetime) -> None:
        donor = DonorFactory(branch=house.county, state=DonorState.TYPED)

        said = sentences(lambda: actions.list_donor(donor, by=house.manager, at=now))

        for part in ("no typing", "call before listing", "share with the registry", "typing is not in force"):
            assert part in said

    def test_page_says_the_same_as_the_guards(self, house: House, now: datetime) -> None:
        donors = [
            DonorFactory(branch=house.county, state=DonorState.TYPED),
            DonorFactory(branch=house.county, state=DonorState.TYPED, objected_at=now, death_reported_at=now),
            DonorFactory(branch=house.county, state=DonorState.TYPED, about={"born_on": date(1960, 1, 1)}),
        ]
        same = {"name": "王丽华", "phone": "+8613812344417", "born_on": date(1999, 3, 5)}
        donors += [DonorFactory(branch=house.county, state=DonorState.TYPED, about=same) for _ in range(2)]
        sign(donors[0].subject, by=house.coordinator, at=now, given=(Purpose.SHARE_REGISTRY,))

        for checked in queries.readiness(donors, by=house.manager, at=now):
            asked = moves.missing(checked.donor, "list", by=house.manager, at=now) or []
            assert checked.missing == [str(sentence) for sentence in asked]

    def test_is_not_the_coordinators(self, house: House, now: datetime) -> None:
        donor = DonorFactory(branch=house.county, state=DonorState.TYPED)

        with pytest.raises(moves.NotAllowed):
            actions.list_donor(donor, by=house.coordinator, at=now)


class TestDonating:
    def test_needs_a_case_a_collection_and_a_manager(self, house: House, now: datetime) -> None:
        donor = DonorFactory(branch=house.county, state=DonorState.LISTED)
        with pytest.raises(moves.WrongState):
            actions.donate(donor, by=house.manager, at=now, collected=True)
        actions.reserve(donor, by=house.caseworker, at=now)

        said = sentences(lambda: actions.donate(donor, by=house.manager, at=now, collected=False))
        with pytest.raises(moves.NotAllowed):
            actions.donate(donor, by=house.caseworker, at=now, collected=True)
        assert again(donor).state == DonorState.IN_CASE
        actions.donate(donor, by=house.manager, at=now, collected=True)

        assert said == "The collection is not recorded."
        donated = again(donor)
        assert (donated.state, donated.collections, donated.donated_at) == (DonorState.DONATED, 1, now)
        assert not Donor.objects.searchable().exists()
        assert [step.move for step in moves.steps_of(donor)] == ["reserve", "donate"]


class TestBeingListedAgain:
    @pytest.fixture
    def donor(self, house: House, now: datetime) -> Donor:
        """Return somebody who gave a month ago."""
        before = now - timedelta(days=30)
        donor = DonorFactory(branch=house.county, state=DonorState.DONATED, donated_at=before)
        sign(donor.subject, given=CORE, by=house.coordinator, at=before - timedelta(days=100))
        return donor

    def test_needs_the_reviewer_and_a_consent_given_after_the_donation(
        self, house: House, donor: Donor, now: datetime
    ) -> None:
        assert "medical reviewer must agree" in sentences(
            lambda: actions.relist(donor, by=house.manager, at=now)
        )
        asked = actions.ask_to_relist(donor, by=house.reviewer, at=now)
        with pytest.raises(approvals.NotYours):
            approvals.decide(asked, yes=True, by=house.caseworker, at=now)

        said = sentences(lambda: approvals.decide(asked, yes=True, by=house.manager, at=now))
        sign(donor.subject, given=(Purpose.SHARE_REGISTRY,), by=house.coordinator, at=now)
        approvals.decide(asked, yes=True, by=house.manager, at=now + timedelta(hours=1))

        assert said == "A new consent is needed."
        assert Donor.objects.searchable().get() == donor
        assert [step.move for step in moves.steps_of(donor)] == ["relist"]
        assert TrailRow.objects.filter(object=f"registry.donor:{donor.pk}", verb="donor.relisted").exists()

    def test_ends_with_the_second_collection(self, house: House, donor: Donor, now: datetime) -> None:
        Donor.objects.filter(pk=donor.pk).update(collections=2)
        asked = actions.ask_to_relist(donor, by=house.reviewer, at=now)

        said = sentences(lambda: approvals.decide(asked, yes=True, by=house.manager, at=now))

        assert "Two collections are the most." in said
        assert again(donor).state == DonorState.DONATED

    def test_is_asked_of_nobody_who_has_left(self, house: House, donor: Donor, now: datetime) -> None:
        asked = actions.ask_to_relist(donor, by=house.reviewer, at=now)

        actions.exclude(donor, reason=Reason.MR_P_CARDIO, by=house.reviewer, at=now)

        assert not approvals.Approval.objects.waiting(now).filter(pk=asked.pk).exists()


class TestLeavingForAnotherRegistry:
    def ask(self, house: House, donor: Donor, at: datetime, **told: str) -> approvals.Approval:
        facts = {"reason": Reason.MO_OTHER_REGISTRY, "reference": "TR-2026-01", **told}
        return actions.ask_to_transfer(donor, **facts, by=house.caseworker, at=at)

    def test_needs_a_second_person_and_takes_the_tube_out_of_the_box(
        self, house: House, now: datetime
    ) -> None:
        donor = house.register(at=now)
        tube = house.take_tube(donor, at=now)
        box = samples.open_batch(
            from_branch=house.prefecture, laboratory=house.laboratory, by=house.caseworker, at=now
        )
        samples.scan_in(box, tube.barcode, by=house.caseworker, at=now)
        asked = self.ask(house, donor, now)
        with pytest.raises(approvals.NotYours):
            approvals.decide(asked, yes=True, by=house.caseworker, at=now)
        assert again(donor).state == DonorState.SAMPLED

        approvals.decide(asked, yes=True, by=house.manager, at=now)

        left = again(donor)
        assert (left.state, left.left_at, left.left_reason) == (
            DonorState.TRANSFERRED, now, Reason.MO_OTHER_REGISTRY,
        )  # fmt: skip
        assert not box.samples.exists()
        assert not CallTask.objects.open().filter(donor=donor).exists()

    @pytest.mark.parametrize(
        ("told", "sentence"),
        [
            ({"reference": " "}, "Write the reference with which the other registry confirms."),
            ({"reason": Reason.PR_FEAR_HEALTH}, "Say why the donor leaves this registry."),
        ],
    )
    def test_needs_a_reason_and_the_reference(
        self, house: House, now: datetime, told: dict[str, str], sentence: str
    ) -> None:
        donor = DonorFactory(branch=house.county, state=DonorState.LISTED)
        asked = self.ask(house, donor, now, **told)

        said = sentences(lambda: approvals.decide(asked, yes=True, by=house.manager, at=now))

        assert said == sentence
        assert Donor.objects.searchable().get() == donor


class TestTwoPeopleWhoLookAlike:
    def test_are_told_apart_and_listed(self, house: House, now: datetime) -> None:
        same = {"name": "王丽华", "phone": "+8613812344417", "born_on": date(1999, 3, 5)}
        donors = [DonorFactory(branch=house.county, state=DonorState.TYPED, about=same) for _ in range(2)]
        [before, _] = queries.readiness(donors, by=house.manager, at=now)

        actions.tell_apart(donors[0], by=house.coordinator, at=now)

        [after, _] = queries.readiness([again(one) for one in donors], by=house.manager, at=now)
        assert len(before.missing) == len(after.missing) + 1
        assert set(after.missing) < set(before.missing)


class TestBeingLost:
    def test_needs_every_number_in_three_rounds(self, house: House, now: datetime) -> None:
        donor = DonorFactory(branch=house.county, state=DonorState.LISTED)
        for day in range(3):
            at = now + timedelta(days=3 * day)
            for number in ("donor", "1"):
                actions.record_call(
                    donor,
                    kind="CONTACT_CHECK",
                    result="NO_ANSWER",
                    number=number,
                    by=house.coordinator,
                    at=at,
                )
        late = now + timedelta(days=7)
        assert "Every number" in sentences(lambda: actions.lose(donor, by=house.caseworker, at=late))

        for day in range(3):
            at = now + timedelta(days=3 * day)
            actions.record_call(
                donor, kind="CONTACT_CHECK", result="NO_ANSWER", number="2", by=house.coordinator, at=at
            )
        actions.lose(donor, by=house.caseworker, at=late)

        assert (again(donor).state, again(donor).return_to) == (DonorState.LOST, DonorState.LISTED)


class TestAgeing:
    def test_tells_first_and_ends_a_month_later(self, house: House, now: datetime) -> None:
        DonorFactory(branch=house.county, state=DonorState.LISTED, about={"born_on": date(1966, 11, 25)})

        assert actions.tell_of_age_limits(by=house.manager, at=now) == 2
        assert not Donor.objects.searchable().exists()
        assert actions.age_out_due(by=house.manager, at=now + timedelta(days=10)) == 0
        assert actions.age_out_due(by=house.manager, at=now + timedelta(days=30)) == 0  # nobody told them
        donor = Donor.objects.get()
        at = now + timedelta(days=30)
        actions.record_call(donor, kind="AGE_LIMIT", result="REACHED", by=house.coordinator, at=at)
        assert actions.age_out_due(by=house.manager, at=at) == 1
        assert Donor.objects.get().left_reason == Reason.DO

    @pytest.mark.parametrize("why", ["objected", "restricted"])
    def test_waits_for_nobody_who_may_not_be_told(self, house: House, now: datetime, why: str) -> None:
        donor = DonorFactory(
            branch=house.county, state=DonorState.LISTED, about={"born_on": date(1966, 11, 25)}
        )
        actions.tell_of_age_limits(by=house.manager, at=now)
        if why == "objected":
            actions.object_to(donor, by=house.coordinator, at=now)
        else:
            vault.Subject.objects.filter(pk=donor.subject_id).update(restricted_at=now)

        assert actions.age_out_due(by=house.manager, at=now + timedelta(days=30)) == 1


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("state", "changes"),
        [
            (DonorState.ON_HOLD, {"hold_until": None}),
            (DonorState.ON_HOLD, {"hold_reason": ""}),
            (DonorState.ON_HOLD, {"return_to": ""}),
            (DonorState.REGISTERED, {"hold_until": date(2027, 1, 1)}),
            (DonorState.LISTED, {"listed_on": None}),
            (DonorState.WITHDRAWN, {"left_at": None}),
            (DonorState.WITHDRAWN, {"left_reason": ""}),
            (DonorState.LISTED, {"left_reason": Reason.OT}),
            (DonorState.LISTED, {"sex": "X"}),
            (DonorState.LISTED, {"weight_kg": Decimal(0)}),
            (DonorState.LISTED, {"national_state": "ACCEPTED"}),
        ],
    )
    def test_refuses_what_must_never_be_true(self, state: DonorState, changes: dict[str, Any]) -> None:
        donor = DonorFactory(state=state)

        with pytest.raises(IntegrityError), transaction.atomic():
            Donor.objects.filter(pk=donor.pk).update(**changes)

    def test_knows_a_person_once(self) -> None:
        donor = DonorFactory()

        with pytest.raises(IntegrityError), transaction.atomic():
            actions.build(donor.subject, person(), branch=donor.service_branch, at=donor.registered_at).save()

    def test_keeps_one_open_call_of_a_kind(self, now: datetime) -> None:
        donor = DonorFactory()
        first = actions.open_task(donor, "OTHER", due_on=date(2026, 12, 1), at=now)
        second = actions.open_task(donor, "OTHER", due_on=date(2026, 11, 25), at=now)

        assert first == second
        assert CallTask.objects.get().due_on == date(2026, 11, 25)
