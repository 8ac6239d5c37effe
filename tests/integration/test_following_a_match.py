"""A caseworker follows a match from the notice to the donation, and a donor who leaves stops it at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from consent.purposes import Purpose
from foundation import approvals, moves
from foundation.access import Role
from registry.cases import actions
from registry.cases.models import CollectionDay, Exit, HandOver, MatchCase
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor, Word
from registry.donors.states import DonorState
from tests.factories.cases import CaseFactory, PatientFactory, agree, notice, ready_columns
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """Return a county, its caseworker, two managers of the province."""
    county = BranchFactory()
    return {
        "branch": county,
        "zhou": actor(StaffFactory(role=Role.CASEWORKER, branch=county)),
        "manager": actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=county)),
        "other": actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=county)),
    }


def state_of(case: MatchCase) -> str:
    return MatchCase.objects.get(pk=case.pk).state


class TestTheWay:
    def test_leads_from_the_notice_to_the_donation(self, house):
        donor = DonorFactory(state=DonorState.LISTED, branch=house["branch"])
        patient = PatientFactory(branch=house["branch"])
        zhou, manager = house["zhou"], house["manager"]
        at = NOW

        case = actions.open_case(donor, patient, notice=notice(), by=zhou, at=at)
        assert Donor.objects.get().state == DonorState.IN_CASE
        actions.record_attempt(case, result="REACHED", by=zhou, at=at)
        actions.advance(case, "remobilise", by=zhou, at=at)
        MatchCase.objects.update(fit_at=at, stance_at=at)
        agree(case, Purpose.VERIFICATION_TYPING)
        actions.advance(case, "agree", by=zhou, at=at)
        actions.take_sample(case, volume_ml=Decimal(10), by=zhou, at=at)
        actions.advance(case, "send_to_lab", by=zhou, at=at)
        actions.confirm_match(case, confirmed=True, by=zhou, at=at)
        actions.advance(case, "ask_hospital", by=zhou, at=at)
        actions.start_work_up(case, decided=True, by=manager, at=at)
        MatchCase.objects.update(**ready_columns(at))
        agree(case, Purpose.DONATION_FINAL)
        actions.advance(case, "schedule", by=manager, at=at)
        asked = actions.ask_conditioning(case, by=manager, at=at)
        approvals.decide(asked, yes=True, by=house["other"], at=at)
        assert state_of(case) == CaseState.CONDITIONING
        actions.advance(case, "mobilise", by=manager, at=at)
        actions.advance(case, "collect", by=manager, at=at)
        CollectionDay.objects.create(
            case=case, on=at.date(), volume_ml=200, cd34_per_kg=4, entered_at=at, **manager.columns()
        )
        HandOver.objects.create(
            case=case, at=at, bags=1, temperature_c=4, second_id=house["other"].id, second_at=at,
            arrived_at=at, **manager.columns(),
        )  # fmt: skip
        actions.record_no_harm(case, by=manager, at=at)
        actions.advance(case, "hand_over", by=manager, at=at)
        actions.donate(case, by=manager, at=at)

        assert state_of(case) == CaseState.DONATED
        donor = Donor.objects.get()
        assert (donor.state, donor.collections) == (DonorState.DONATED, 1)

    def test_keeps_a_second_notice_waiting_and_lets_it_begin(self, house):
        donor = DonorFactory(state=DonorState.LISTED, branch=house["branch"])
        zhou = house["zhou"]
        first, second = (
            actions.open_case(donor, PatientFactory(branch=house["branch"]), notice=notice(), by=zhou, at=NOW)
            for _ in range(2)
        )
        assert second.state == CaseState.WAITING

        actions.close(first, outcome="PDC", by=zhou, at=NOW)

        assert state_of(second) == CaseState.NOTIFIED
        assert Donor.objects.get().state == DonorState.IN_CASE


class TestAWithdrawal:
    def test_ends_every_case_and_a_mistake_brings_them_back(self, house):
        zhou = house["zhou"]
        donor = DonorFactory(state=DonorState.LISTED, branch=house["branch"])
        case = actions.open_case(
            donor, PatientFactory(branch=house["branch"]), notice=notice(), by=zhou, at=NOW
        )
        coordinator = actor(StaffFactory(role=Role.COORDINATOR, branch=house["branch"]))

        donors.withdraw(
            donor, by=coordinator, at=NOW, word=Word.STAFF_TWO_FACTS, facts=["document", "phone"],
            reason="PR_FAM_PARENT",
        )  # fmt: skip

        assert state_of(case) == CaseState.CLOSED
        exit_ = Exit.objects.get()
        assert (exit_.regret, exit_.by_id) == ("R1", coordinator.id)
        later = NOW + timedelta(hours=1)
        undo = donors.ask_to_undo(Donor.objects.get(), by=coordinator, at=later)
        approvals.decide(undo, yes=True, by=zhou, at=later)
        assert state_of(case) == CaseState.NOTIFIED
        assert Donor.objects.get().state == DonorState.IN_CASE


class TestConditioning:
    @pytest.mark.parametrize(
        "gone",
        [
            {"cleared_at": None, "cleared_by_id": ""},
            {"examination_fit": False},
            {"markers_on": date(2026, 10, 1)},
            {"pregnancy_fit": None},
            {"final_consent_at": None},
            {"talked_at": NOW},
            {"collection_on": None},
            {"hospital_message_at": None},
            {"last_reached_at": NOW - timedelta(hours=25)},
        ],
        ids=lambda gone: next(iter(gone)),
    )
    def test_is_refused_without_each_of_its_guards(self, house, gone):
        case = CaseFactory(state=CaseState.SCHEDULED, branch=house["branch"], **gone)
        agree(case, Purpose.DONATION_FINAL)

        with pytest.raises(moves.Refused) as refused:
            actions.ask_conditioning(case, by=house["manager"], at=NOW)
        assert len(refused.value.sentences) == 1
        assert state_of(case) == CaseState.SCHEDULED
