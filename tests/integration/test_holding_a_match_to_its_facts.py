"""A match goes on only by what is true now: what the donor said last, what two saw, who still agrees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from consent import actions as consents
from consent.models import Consent
from consent.purposes import Purpose
from foundation import approvals, moves
from foundation.access import Role
from foundation.approvals import Approval
from registry.cases import actions, receivers
from registry.cases.models import MatchCase
from registry.cases.queries.detail import second_person_asked
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor, Withdrawal, Word
from tests.factories.cases import CaseFactory, agree
from tests.factories.foundation import BranchFactory, StaffFactory, actor

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> SimpleNamespace:
    county = BranchFactory()
    staff = {
        "zhou": StaffFactory(role=Role.CASEWORKER, branch=county),
        "lin": StaffFactory(role=Role.COORDINATOR, branch=county),
        "manager": StaffFactory(role=Role.REGISTRY_MANAGER, branch=county),
        "other": StaffFactory(role=Role.REGISTRY_MANAGER, branch=county),
    }
    return SimpleNamespace(branch=county, staff=staff, **{name: actor(one) for name, one in staff.items()})


@pytest.fixture
def case(house: SimpleNamespace) -> MatchCase:
    made = CaseFactory(state=CaseState.SCHEDULED, branch=house.branch)
    agree(made, Purpose.DONATION_FINAL)
    return made


def again(case: MatchCase) -> MatchCase:
    return MatchCase.objects.get(pk=case.pk)


def say(case: MatchCase, house: SimpleNamespace, **answers: str) -> None:
    actions.call(case, result="REACHED", answers=answers, by=house.zhou, at=NOW)


class TestTheLastWordOfTheDonor:
    @pytest.mark.parametrize("word", ["leave", "unsure"])
    def test_opens_conditioning_only_where_they_go_on(self, case, house, word):
        asked = actions.ask_conditioning(case, by=house.manager, at=NOW)
        say(case, house, after_match=word)

        assert not Approval.objects.waiting(NOW).filter(pk=asked.pk).exists()
        with pytest.raises(moves.Refused):
            actions.ask_conditioning(case, by=house.manager, at=NOW)
        say(case, house, after_match="go_on")
        actions.ask_conditioning(case, by=house.manager, at=NOW)

    def test_is_asked_of_everybody_who_was_reached_before_conditioning(self, case, house):
        with pytest.raises(moves.Refused):
            say(case, house)
        actions.call(case, result="NO_ANSWER", by=house.zhou, at=NOW)


class TestWhatTwoPeopleConfirm:
    @pytest.mark.parametrize("change", ["message", "dates", "backup"])
    def test_is_asked_anew_where_it_has_changed(self, case, house, change):
        asked = actions.ask_conditioning(case, by=house.manager, at=NOW)
        now = again(case)
        days = {"conditioning_on": now.conditioning_on + timedelta(days=1), "by": house.manager, "at": NOW}
        if change == "message":
            actions.record_message(case, said_at=NOW, reference="TX-2", **days)
        elif change == "dates":
            actions.set_dates(case, product="PBSC", collection_on=now.collection_on, **days)
        else:
            actions.name_backup(case, code="US-1", by=house.manager, at=NOW)

        assert second_person_asked(again(case), at=NOW) is None
        with pytest.raises(moves.Refused):
            approvals.decide(asked, yes=True, by=house.other, at=NOW)
        assert again(case).state == CaseState.SCHEDULED

    def test_is_too_old_once_the_talk_with_the_donor_is(self, case, house):
        asked = actions.ask_conditioning(case, by=house.manager, at=NOW)
        assert asked.until == again(case).last_reached_at + timedelta(hours=24)

    def test_needs_the_first_person_to_be_allowed_still(self, case, house):
        asked = actions.ask_conditioning(case, by=house.manager, at=NOW)
        house.staff["manager"].roles.all().delete()

        with pytest.raises(moves.Refused):
            approvals.decide(asked, yes=True, by=house.other, at=NOW)
        assert again(case).state == CaseState.SCHEDULED


class TestAPostponement:
    def test_makes_the_message_of_the_hospital_void(self, case, house):
        actions.postpone(case, until=date(2027, 1, 5), reason="OT", by=house.manager, at=NOW)
        assert (again(case).hospital_message_at, again(case).hospital_message_ref) == (None, "")


class TestTheSample:
    def test_stays_where_it_is_once_the_consent_was_taken_back(self, house):
        case = CaseFactory(state=CaseState.HR_SAMPLED, branch=house.branch)
        agree(case, Purpose.VERIFICATION_TYPING)
        given = Consent.objects.get(matter=str(case.pk))
        consents.withdraw(given, by=house.zhou, at=NOW, on=case.donor)

        with pytest.raises(moves.Refused):
            actions.advance(case, "send_to_lab", by=house.zhou, at=NOW)


class TestAStopThatIsRunAgain:
    def test_leaves_a_donor_alone_whose_withdrawal_was_undone(self, case, house):
        donors.withdraw(
            case.donor, by=house.lin, at=NOW, word=Word.STAFF_TWO_FACTS, facts=["document", "phone"]
        )
        withdrawal = Withdrawal.objects.get()
        undo = donors.ask_to_undo(Donor.objects.get(pk=case.donor_id), by=house.lin, at=NOW + HOUR)
        approvals.decide(undo, yes=True, by=house.zhou, at=NOW + HOUR)
        assert again(case).state == CaseState.SCHEDULED

        receivers.a_donor_withdrew(donor=case.donor, withdrawal=withdrawal, by=house.lin, at=NOW)

        assert again(case).state == CaseState.SCHEDULED
