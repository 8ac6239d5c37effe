"""What stays with a match: days set anew, a consent that stands, cells that left, a back-up who is there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from consent.purposes import Purpose
from foundation import approvals, moves, vault
from foundation.access import Role
from registry.cases import actions, endings, rules
from registry.cases.actions import common, stages
from registry.cases.models import CollectionDay, Exit, FollowUp, HandOver, MatchCase, Source, TalkKind
from registry.cases.queries.lacks import Lacks
from registry.cases.shows.receipt import parts_of
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor, Word
from registry.donors.states import DonorState
from tests.factories.cases import CaseFactory, PatientFactory, agree, notice
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> SimpleNamespace:
    county = BranchFactory()
    by = {role: actor(StaffFactory(role=role, branch=county)) for role in Role}
    return SimpleNamespace(branch=county, by=by, manager=by[Role.REGISTRY_MANAGER], zhou=by[Role.CASEWORKER])


def again(case: MatchCase) -> MatchCase:
    return MatchCase.objects.select_related("donor__subject").get(pk=case.pk)


def withdraw(donor: Donor, house: SimpleNamespace) -> Any:
    return donors.withdraw(
        donor, by=house.by[Role.COORDINATOR], at=NOW, word=Word.STAFF_TWO_FACTS,
        facts=["document", "phone"], reason="PR_FAM_PARENT",
    )  # fmt: skip


class TestPostponedFromSetDays:
    @pytest.mark.parametrize("by_the_doctor", [False, True])
    def test_goes_on_in_the_work_up_where_days_are_set_anew(self, house, by_the_doctor):
        case = CaseFactory(state=CaseState.SCHEDULED, branch=house.branch)
        until, manager, doctor = date(2026, 12, 1), house.manager, house.by[Role.MEDICAL_REVIEWER]
        agree(case, Purpose.DONATION_FINAL)
        if by_the_doctor:
            actions.defer(case, reason="MR_T_ILLNESS", until=until, by=doctor, at=NOW)
        else:
            actions.postpone(case, until=until, reason="OT", by=manager, at=NOW)

        actions.resume(case, by=manager, at=LATER)

        assert again(case).state == CaseState.WORKUP
        actions.set_dates(
            case, product="PBSC", conditioning_on=date(2026, 12, 4), collection_on=date(2026, 12, 11),
            by=manager, at=LATER,
        )  # fmt: skip
        actions.clear(case, by=doctor, at=LATER)  # a postponement lifts the clearance
        actions.advance(case, "schedule", by=manager, at=LATER)
        assert again(case).state == CaseState.SCHEDULED
        assert again(case).hospital_message_at is None  # it spoke of other days


class TestATalkAfterTheFinalConsent:
    def test_changes_nothing_about_the_consent(self, house):
        case = CaseFactory(state=CaseState.MOBILISING, branch=house.branch)
        agree(case, Purpose.DONATION_FINAL)
        talk = actions.offer_talk(case, kind=TalkKind.INFORMATION, by=house.zhou, at=NOW)

        actions.settle_talk(talk, held=True, by=house.zhou, at=NOW)

        assert again(case).talked_at == case.talked_at
        actions.advance(case, "collect", by=house.manager, at=LATER)

    def test_counts_for_a_consent_asked_anew_once_it_is_a_day_old(self, house):
        case = CaseFactory(state=CaseState.WORKUP, branch=house.branch)
        held = {}
        for days in (9, 3, 0):
            held[days] = NOW - timedelta(days=days)
            talk = actions.offer_talk(case, kind=TalkKind.INFORMATION, by=house.zhou, at=held[days])
            actions.settle_talk(talk, held=True, by=house.zhou, at=held[days])
            if days == 9:
                MatchCase.objects.update(final_consent_at=NOW - timedelta(days=7))
        assert again(case).talked_at == held[9]
        assert stages._talk_before(again(case), at=NOW) == held[3]


class TestWhoLeavesWhileTheCellsAreOnTheirWay:
    def given(self, house: SimpleNamespace) -> MatchCase:
        case = CaseFactory(state=CaseState.HANDED_OVER, branch=house.branch)
        CollectionDay.objects.create(
            case=case, on=date(2026, 11, 19), volume_ml=200, cd34_per_kg=4, entered_at=NOW,
            **house.manager.columns(),
        )  # fmt: skip
        return case

    def test_has_donated_and_a_mistake_leaves_it_so(self, house):
        case = self.given(house)

        receipt = withdraw(case.donor, house)

        case = again(case)
        assert (case.state, case.donated_on) == (CaseState.DONATED, date(2026, 11, 19))
        donor = case.donor
        assert (donor.state, donor.collections, donor.donated_at) == (DonorState.WITHDRAWN, 1, NOW)
        assert not Exit.objects.exists()
        assert FollowUp.objects.filter(case=case).exists()
        assert {line.what for line in receipt.lines.all()} >= {endings.GIVEN}
        assert all(line.ok for line in receipt.lines.all())
        assert [part.url for part in parts_of(receipt)] == [""]  # its page is for who may see it
        assert moves.steps_of(case).get().by_kind == "task"
        undo = donors.ask_to_undo(donor, by=house.by[Role.COORDINATOR], at=LATER)
        approvals.decide(undo, yes=True, by=house.zhou, at=LATER)
        donor = Donor.objects.get()
        assert (donor.state, donor.collections) == (DonorState.DONATED, 1)
        assert again(case).state == CaseState.DONATED

    def test_leaves_the_arrival_of_the_cells_to_be_written_down_once(self, house):
        case = self.given(house)
        HandOver.objects.create(
            case=case, at=NOW, bags=1, temperature_c=4, second_id="2", second_at=NOW,
            **house.manager.columns(),
        )  # fmt: skip
        withdraw(case.donor, house)

        actions.record_arrival(again(case), arrived_at=NOW, by=house.zhou, at=LATER)

        assert HandOver.objects.get(case=case).arrived_at == NOW
        with pytest.raises(moves.Refused):
            actions.record_arrival(again(case), arrived_at=NOW, by=house.zhou, at=LATER)

    def test_has_donated_when_they_die(self, house):
        case = self.given(house)
        donors.die(case.donor, evidence="火化证", by=house.by[Role.REGISTRY_MANAGER], at=NOW)
        case = again(case)
        assert (case.state, case.donor.state) == (CaseState.DONATED, DonorState.DECEASED)
        assert (case.donor.collections, Exit.objects.count()) == (1, 0)

    def test_cannot_be_closed_by_hand(self, house):
        case = self.given(house)
        with pytest.raises(moves.Refused) as refused:
            actions.close(case, outcome="PR_FAM_PARENT", by=house.manager, at=NOW)
        assert refused.value.sentences == [rules.NOT_YET_GIVEN.sentence]


class TestABackUpWhoFallsAway:
    @pytest.mark.parametrize(
        ("gone", "asked"),
        [
            ({}, False),
            ({"state": DonorState.IN_CASE}, True),
            (
                {
                    "state": DonorState.ON_HOLD,
                    "hold_until": date(2027, 1, 1),
                    "hold_reason": "OT",
                    "return_to": "LISTED",
                },
                True,
            ),
            ({"death_reported_at": NOW}, True),
        ],
    )
    def test_is_asked_for_again_before_conditioning(self, house, gone, asked):
        backup = DonorFactory(state=DonorState.LISTED, branch=house.branch)
        case = CaseFactory(state=CaseState.SCHEDULED, branch=house.branch, backup=backup, no_backup="")
        agree(case, Purpose.DONATION_FINAL)
        Donor.objects.filter(pk=backup.pk).update(**gone)

        case = again(case)
        missing = moves.missing(case, "condition", by=house.manager, at=NOW)

        assert (rules.BACKUP.sentence in missing) == asked
        first = Lacks([case]).first_of(case, by=house.manager, at=NOW)
        assert (first == str(rules.BACKUP.sentence)) == asked


class TestOfADonorReportedDead:
    def test_the_match_is_closed_though_another_waits(self, house):
        donor = DonorFactory(state=DonorState.LISTED, branch=house.branch)
        first, second = (
            actions.open_case(
                donor, PatientFactory(branch=house.branch), notice=notice(), by=house.zhou, at=NOW
            )
            for _ in range(2)
        )
        vault.report_dead(donor.subject, by=house.zhou, at=NOW)

        actions.close(first, outcome="PDC", by=house.zhou, at=LATER)

        assert (again(first).state, again(second).state) == (CaseState.CLOSED, CaseState.WAITING)
        assert again(second).reserved_from == ""
        assert Donor.objects.get().state != DonorState.IN_CASE


class TestASearchOfOurOwn:
    def test_is_the_managers(self, house):
        donor = DonorFactory(state=DonorState.LISTED, branch=house.branch)
        said = {
            "donor": donor, "patient": PatientFactory(branch=house.branch),
            "notice": notice(source=Source.SEARCH, code=""), "at": NOW,
        }  # fmt: skip
        with pytest.raises(moves.NotAllowed):
            actions.open_case(by=house.zhou, **said)
        assert actions.open_case(by=house.manager, **said).state == CaseState.NOTIFIED


def test_is_locked_by_the_donor_whose_it_is_by_now(monkeypatch):
    before, now = CaseFactory(), DonorFactory()
    MatchCase.objects.filter(pk=before.pk).update(donor=now)
    locked = []
    monkeypatch.setattr(vault, "lock", lambda *subjects: locked.extend(subjects))

    assert common.locked(before).donor == now
    assert locked == [before.donor.subject_id, now.subject_id]
