"""A match ends: for whom it ends, where its donor goes, and who may say so."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation

from foundation import moves, vault
from foundation.access import Role
from foundation.approvals.models import Approval
from foundation.vault import Subject
from registry.cases import actions, guards, receivers
from registry.cases.actions import intervening, people, stopping
from registry.cases.models import Exit, HandOver, MatchCase, Patient, Source
from registry.cases.queries import board, closing
from registry.cases.states import CaseState
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.factories.cases import CaseFactory, PatientFactory, notice
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def house() -> SimpleNamespace:
    """Return a county with somebody in each role."""
    county = BranchFactory()
    staff = {role: StaffFactory(role=role, branch=county) for role in Role}
    return SimpleNamespace(branch=county, staff=staff, by=lambda role: actor(staff[role]))


def again(case: MatchCase) -> MatchCase:
    return MatchCase.objects.select_related("donor").get(pk=case.pk)


def pair(house: SimpleNamespace, state: str = CaseState.WORKUP) -> tuple[MatchCase, MatchCase]:
    """Return a match that keeps its donor, and one that waits behind it."""
    first = CaseFactory(state=state, branch=house.branch)
    patient = PatientFactory(branch=house.branch)
    return first, CaseFactory(state=CaseState.WAITING, donor=first.donor, patient=patient)


class TestTheReviewer:
    def test_excludes_a_donor_also_from_a_match_that_waits(self, house: SimpleNamespace) -> None:
        first, waiting = pair(house)
        ended = actions.exclude(waiting, reason="MR_P_INFECTION", by=house.by(Role.MEDICAL_REVIEWER), at=NOW)
        assert (ended.state, again(first).state) == (CaseState.CLOSED, CaseState.CLOSED)
        assert again(first).donor.state == DonorState.EXCLUDED

    def test_excludes_from_no_waiting_match_what_has_passed_the_point_of_no_return(
        self, house: SimpleNamespace
    ) -> None:
        first, waiting = pair(house, CaseState.CONDITIONING)
        by = house.by(Role.MEDICAL_REVIEWER)
        with pytest.raises(moves.Refused) as refused:
            actions.exclude(waiting, reason="MR_P_INFECTION", by=by, at=NOW)
        assert "people are called" in str(refused.value.sentences[0])
        assert (again(first).state, again(waiting).state) == (CaseState.CONDITIONING, CaseState.WAITING)

    def test_excludes_a_donor_whom_nothing_keeps(self, house: SimpleNamespace) -> None:
        donor = DonorFactory(state=DonorState.LISTED, branch=house.branch)
        waiting = CaseFactory(state=CaseState.WAITING, donor=donor)
        by = house.by(Role.MEDICAL_REVIEWER)
        assert actions.exclude(waiting, reason="MR_P_OTHER", by=by, at=NOW).state == CaseState.CLOSED
        assert again(waiting).donor.state == DonorState.EXCLUDED

    def test_defers_no_match_that_waits(self, house: SimpleNamespace) -> None:
        _first, waiting = pair(house)
        by = house.by(Role.MEDICAL_REVIEWER)
        with pytest.raises(moves.Refused) as refused:
            actions.defer(waiting, reason="MR_T_ILLNESS", until=date(2027, 1, 10), by=by, at=NOW)
        assert "waits behind another" in str(refused.value.sentences[0])


class TestADonorWhoIsIllForAWhile:
    def test_is_paused_for_it(self, house: SimpleNamespace) -> None:
        case = CaseFactory(state=CaseState.WORKUP, branch=house.branch)
        actions.close(case, outcome="MR_T_PREGNANT", by=house.by(Role.REGISTRY_MANAGER), at=NOW)
        donor = again(case).donor
        assert (donor.state, donor.hold_reason) == (DonorState.ON_HOLD, "MR_T_PREGNANT")
        assert donor.hold_until == date(2026, 12, 20)

    def test_is_paused_for_it_also_after_the_next_match(self, house: SimpleNamespace) -> None:
        first, waiting = pair(house)
        by = house.by(Role.REGISTRY_MANAGER)
        actions.close(first, outcome="MR_T_PREGNANT", by=by, at=NOW)
        assert again(waiting).state == CaseState.NOTIFIED
        actions.close(again(waiting), outcome="PDC", by=by, at=NOW)
        donor = again(waiting).donor
        assert (donor.state, donor.hold_reason) == (DonorState.ON_HOLD, "MR_T_PREGNANT")

    def test_gets_from_a_donation_into_no_search(self, house: SimpleNamespace) -> None:
        case = CaseFactory(state=CaseState.WORKUP, branch=house.branch, reserved_from=DonorState.DONATED)
        actions.close(case, outcome="MR_T_ILLNESS", by=house.by(Role.REGISTRY_MANAGER), at=NOW)
        assert (again(case).donor.state, again(case).donor.return_to) == (DonorState.DONATED, "")


class TestTheQuestionHowItEnded:
    def test_offers_what_fits_and_the_rest_behind_it(self, house: SimpleNamespace, signed_in: Any) -> None:
        case = CaseFactory(state=CaseState.WORKUP, branch=house.branch)
        client = signed_in(house.staff[Role.REGISTRY_MANAGER])
        url = reverse("cases:close", args=[case.pk])

        first, all_of_them = client.get(url).content.decode(), client.get(f"{url}?other=1").content.decode()
        for page, offers in ((first, False), (all_of_them, True)):
            assert 'value="PR_PRIVACY"' in page
            assert ('value="MM"' in page) is offers
            assert 'value="TX"' not in page
        assert 'name="words"' in client.get(f"{url}?outcome=MM").content.decode()
        assert client.post(url, {"outcome": "TX", "words": ""}).status_code == 422
        assert again(case).state == CaseState.WORKUP


class TestWhatWaitsBehindADonation:
    @pytest.mark.parametrize(("request_", "ends"), [("TYPING", True), ("SECOND", False)])
    def test_ends_with_it_or_is_a_persons_to_decide(
        self, house: SimpleNamespace, request_: str, *, ends: bool
    ) -> None:
        case, waiting = pair(house, CaseState.HANDED_OVER)
        MatchCase.objects.filter(pk=waiting.pk).update(
            request=request_, clock_ends_on=date(2026, 1, 5), due_on=date(2026, 1, 5)
        )
        case.collection_days.create(
            on=NOW.date(), volume_ml=200, cd34_per_kg=5, entered_at=NOW, **house.by(Role.CASEWORKER).columns()
        )
        HandOver.objects.create(
            case=case, at=NOW, bags=1, temperature_c=4, second_id="2", second_at=NOW, arrived_at=NOW,
            **house.by(Role.CASEWORKER).columns(),
        )  # fmt: skip

        assert bool(closing.follows_a_donation(case)) is ends

        actions.donate(case, by=house.by(Role.REGISTRY_MANAGER), at=NOW)

        left = again(waiting)
        run_out = MatchCase.objects.filter(board.run_out(NOW.date()))
        if ends:
            exit_ = Exit.objects.get(case=waiting)
            assert (left.state, left.outcome, exit_.side, exit_.regret) == ("CLOSED", "TX", "NEITHER", "")
        else:
            assert (left.state, left.due_on) == (CaseState.WAITING, None)
            asked = board.conditions(staff_id=waiting.pk, today=NOW.date(), at=NOW, decides=False)
            assert MatchCase.objects.get(asked["given"]) == left
            assert not MatchCase.objects.filter(asked["overdue"] | asked["others"]).exists()
        assert not run_out.exists()

    def test_counts_again_once_the_donor_is_listed(self, house: SimpleNamespace) -> None:
        donor = DonorFactory(state=DonorState.DONATED, branch=house.branch)
        waiting = CaseFactory(state=CaseState.WAITING, donor=donor, request="SECOND")
        actions.end_what_waits(donor, at=NOW)
        assert again(waiting).due_on is None
        Donor.objects.filter(pk=donor.pk).update(state=DonorState.LISTED)

        listed: Any = SimpleNamespace(move="relist", from_state=DonorState.DONATED)
        by = house.by(Role.REGISTRY_MANAGER)
        receivers.a_donor_moved(donor=Donor.objects.get(pk=donor.pk), step=listed, by=by, at=NOW)

        left = again(waiting)
        assert (left.due_what, left.due_on) == ("RESERVATION", waiting.clock_ends_on)


class TestTheNextMatch:
    def test_is_the_oldest_that_can_begin(self, house: SimpleNamespace) -> None:
        case, first = pair(house)
        case.donor.collections = 1
        case.donor.save(update_fields=["collections"])
        MatchCase.objects.filter(pk=first.pk).update(request="LYMPHOCYTES")  # never gave to them: not now
        second = CaseFactory(
            state=CaseState.WAITING, donor=case.donor, patient=PatientFactory(branch=house.branch),
            request="SECOND",
        )  # fmt: skip
        Donor.objects.filter(pk=case.donor_id).update(donated_at=datetime(2026, 1, 5, tzinfo=UTC))

        actions.close(case, outcome="PDC", by=house.by(Role.REGISTRY_MANAGER), at=NOW)

        assert (again(first).state, again(second).state) == (CaseState.WAITING, CaseState.NOTIFIED)


class TestAPatient:
    def test_is_made_once_and_leaves_no_subject_behind(
        self, house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        theirs = PatientFactory(branch=house.branch, code="P77")
        subjects = Subject.objects.count()
        first = QuerySet.first
        before = iter([None])  # read before the other was there
        monkeypatch.setattr(
            QuerySet,
            "first",
            lambda rows: next(before, first(rows)) if rows.model is Patient else first(rows),
        )

        found = actions.find_patient("P77", source=Source.DOMESTIC, branch=house.branch, at=NOW)

        assert found == theirs
        assert Subject.objects.count() == subjects

    def test_is_not_taken_for_one_of_this_moment_where_something_else_is_wrong(
        self, house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def create_subject(**_facts: Any) -> None:
            raise IntegrityError("a subject needs its branch")

        monkeypatch.setattr(vault, "create_subject", create_subject)
        with pytest.raises(IntegrityError, match="needs its branch"):
            actions.find_patient("P78", source=Source.DOMESTIC, branch=house.branch, at=NOW)


class TestAPostponedMatch:
    @pytest.mark.parametrize("kept", [False, True], ids=["as it was", "behind another"])
    def test_comes_back_postponed_after_a_leaving_by_mistake(
        self, house: SimpleNamespace, *, kept: bool
    ) -> None:
        case = CaseFactory(state=CaseState.POSTPONED, branch=house.branch, postponed_reason="PATIENT")
        by = house.by(Role.CASEWORKER)
        stopping.stop_for(case.donor, reason="PR_NOT_STATED", by=by, at=NOW)
        assert (again(case).state, again(case).stands_at) == (CaseState.CLOSED, CaseState.WORKUP)
        if kept:
            CaseFactory(state=CaseState.NOTIFIED, donor=case.donor)

        stopping.reopen_after_mistake(case.donor, since=NOW, at=NOW)

        back = again(case)
        facts = (back.state, back.return_to, back.postponed_until, back.postponed_reason)
        if kept:
            assert facts == (CaseState.WAITING, "", None, "")
        else:
            assert facts == (CaseState.POSTPONED, CaseState.WORKUP, date(2027, 2, 1), "PATIENT")
            assert (back.due_what, back.due_on) == ("POSTPONED", date(2027, 2, 1))


class TestWhatWasTried:
    def tried(self, house: SimpleNamespace) -> MatchCase:
        case = CaseFactory(state=CaseState.WORKUP, branch=house.branch)
        intervening.intervene(
            case, reason="PR_FAM_PARENT", kind="FAMILY", by=house.by(Role.CASEWORKER), at=NOW
        )
        return case

    def result(self, case: MatchCase) -> str:
        return str(case.interventions.get().result)

    def test_is_no_leaving_where_the_patients_side_ends_the_match(self, house: SimpleNamespace) -> None:
        case = self.tried(house)
        actions.close(case, outcome="PDC", by=house.by(Role.REGISTRY_MANAGER), at=NOW)
        assert self.result(case) == "OPEN"

    def test_goes_on_after_a_leaving_by_mistake(self, house: SimpleNamespace) -> None:
        case = self.tried(house)
        by = house.by(Role.REGISTRY_MANAGER)
        stopping.stop_for(case.donor, reason="PR_AMBIVALENT", by=by, at=NOW)
        assert self.result(case) == "LEFT"
        stopping.reopen_after_mistake(case.donor, since=NOW, at=NOW)
        assert self.result(case) == "OPEN"


class TestALastingReason:
    def test_needs_a_doctor(self, house: SimpleNamespace) -> None:
        case = CaseFactory(state=CaseState.HR_MATCHED, branch=house.branch)
        zhou = house.by(Role.CASEWORKER)
        with pytest.raises(moves.Refused) as refused:
            actions.close(case, outcome="MR_P_OTHER", by=zhou, at=NOW)
        assert "medical reviewer" in str(refused.value.sentences[0])
        MatchCase.objects.filter(pk=case.pk).update(examination_fit=False)
        assert actions.close(case, outcome="MR_P_OTHER", by=zhou, at=NOW).state == CaseState.CLOSED


class TestWhatADoctorFound:
    def test_is_looked_at_anew_after_a_postponement(self, house: SimpleNamespace) -> None:
        case = CaseFactory(state=CaseState.SCHEDULED, branch=house.branch)
        by = house.by(Role.REGISTRY_MANAGER)
        actions.postpone(case, until=date(2027, 1, 10), reason="PATIENT", by=by, at=NOW)
        assert (again(case).cleared_at, again(case).cleared_by_id) == (None, "")

    @pytest.mark.parametrize("column", ["examined_on", "pregnancy_on"])
    def test_grows_old(self, column: str, house: SimpleNamespace) -> None:
        donor = DonorFactory(state=DonorState.IN_CASE, branch=house.branch)
        donor.sex = "F"
        case = CaseFactory(state=CaseState.SCHEDULED, donor=donor)
        move = moves.Move(case, "schedule", house.by(Role.REGISTRY_MANAGER), NOW)
        assert guards.clearance_is_in_force(move)
        setattr(case, column, date(2026, 8, 1))
        assert not guards.clearance_is_in_force(move)
        assert any("too old" in str(one) for one in actions.missing_for_clearance(case, on=NOW.date()))
        case.conditioning_at = NOW  # the patient's marrow is gone
        assert guards.clearance_is_in_force(move)


class TestWhoHasGivenBefore:
    def kept(self, house: SimpleNamespace) -> MatchCase:
        """Return a match for lymphocytes of somebody who donated in May."""
        donor = DonorFactory(state=DonorState.IN_CASE, branch=house.branch)
        Donor.objects.filter(pk=donor.pk).update(
            collections=1, donated_at=datetime(2026, 5, 1, 2, tzinfo=UTC)
        )
        donor = Donor.objects.get(pk=donor.pk)
        return CaseFactory(state=CaseState.WORKUP, donor=donor, reserved_from=DonorState.DONATED)

    def test_is_asked_for_nobody_else_without_the_reviewer(self, house: SimpleNamespace) -> None:
        case, by = self.kept(house), house.by(Role.CASEWORKER)
        with pytest.raises(moves.Refused):
            actions.take_notice(case.donor, patient_code="P9", notice=notice(), by=by, at=NOW)
        patient = PatientFactory(branch=house.branch)
        with pytest.raises(moves.Refused):
            actions.open_case(case.donor, patient, notice=notice(), by=by, at=NOW)
        asked = actions.take_notice(
            case.donor, patient_code="P9", notice=notice(request="SECOND"), by=by, at=NOW
        )
        assert isinstance(asked, Approval)

    @pytest.mark.parametrize(
        ("opened_at", "request_", "state"),
        [
            (datetime(2026, 4, 1, tzinfo=UTC), "TYPING", CaseState.WAITING),  # nobody was asked
            (datetime(2026, 11, 1, tzinfo=UTC), "SECOND", CaseState.NOTIFIED),
            (datetime(2026, 11, 1, tzinfo=UTC), "LYMPHOCYTES", CaseState.WAITING),  # never gave to them
        ],
    )
    def test_begins_no_next_match_by_itself(
        self, opened_at: datetime, request_: str, state: CaseState, house: SimpleNamespace
    ) -> None:
        case = self.kept(house)
        waiting = CaseFactory(
            state=CaseState.WAITING, donor=case.donor, patient=PatientFactory(branch=house.branch),
            opened_at=opened_at, request=request_,
        )  # fmt: skip
        actions.close(case, outcome="PDC", by=house.by(Role.REGISTRY_MANAGER), at=NOW)
        assert again(waiting).state == state
        kept = DonorState.IN_CASE if state == CaseState.NOTIFIED else DonorState.DONATED
        assert again(case).donor.state == kept


class TestPeople:
    def test_are_not_written_over_from_a_page_that_is_old(self, house: SimpleNamespace) -> None:
        case = CaseFactory(state=CaseState.WORKUP, branch=house.branch)
        seen, by = people.stamp(case), house.by(Role.CASEWORKER)
        people.hand_over(case, "companion", house.staff[Role.COMPANION], by=by, at=NOW)
        nobody = people.People(
            owner=None,
            patient_officer=None,
            companion=None,
            transplant_hospital=None,
            collection_hospital=None,
        )
        with pytest.raises(moves.Refused):
            people.name_people(case, nobody, seen=seen, by=by, at=NOW)
        assert again(case).companion == house.staff[Role.COMPANION]
        people.name_people(case, nobody, seen=people.stamp(again(case)), by=by, at=NOW)
        assert again(case).companion is None
