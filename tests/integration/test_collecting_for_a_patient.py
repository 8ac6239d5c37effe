"""From the agreement to typing again to the donation, through the pages of officers and hospitals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from consent.models import Disclosure
from consent.purposes import Purpose
from foundation import approvals, moves, vault
from foundation.access import Role
from foundation.approvals.models import Approval
from foundation.trail.models import TrailRow
from registry.cases import actions
from registry.cases.models import CollectionDay, Finding, MatchCase
from registry.cases.queries.lacks import Lacks
from registry.cases.states import CaseState
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.at_the_cases import Desk, House
from tests.factories.cases import NOW, CaseFactory, agree
from tests.factories.donors import DonorFactory
from tests.factories.foundation import StaffFactory, actor

pytestmark = pytest.mark.django_db
MARKERS = {"HBV": "NEGATIVE", "HCV": "NEGATIVE", "HIV": "NEGATIVE", "SYPHILIS": "NEGATIVE", "CMV": "POSITIVE"}
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    cache.clear()
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def house() -> House:
    return House()


def again(case: MatchCase) -> MatchCase:
    return MatchCase.objects.select_related("donor__subject", "patient").get(pk=case.pk)


def case_in(house: House, state: str, *purposes: Purpose, **columns: Any) -> MatchCase:
    case = CaseFactory(state=state, branch=house.county, **columns)
    house.name_hospitals(case)
    agree(case, Purpose.DONATION_FINAL, *purposes)
    return again(case)


class TestTheWholeWay:
    def test_leads_to_the_donation(self, house, now):
        case = case_in(house, CaseState.HR_AGREED, Purpose.VERIFICATION_TYPING)
        pk, zhou, manager = case.pk, house.zhou, house.manager

        assert "At most 30 ml" in zhou.fail("sample", pk, volume_ml="31")
        zhou.send("sample", pk, volume_ml="10")
        zhou.send("advance", pk, "send_to_lab")
        zhou.send("result", pk, found="confirmed")
        zhou.send("advance", pk, "ask_hospital")
        house.transplant.send("hospital-decision", pk, wants="yes", words="尽快")
        assert "it wants this donor" in manager.page("decision", pk)
        manager.send("decision", pk, decided="wanted")
        self.is_cleared(house, case)
        manager.send(
            "dates", pk, product="PBSC", conditioning_on="2026-11-25", admission_on="2026-11-27",
            collection_on="2026-12-02",
        )  # fmt: skip
        manager.send("backup", pk, none="NONE_FOUND", words="找了全省")
        MatchCase.objects.update(talked_at=NOW - timedelta(days=3), final_consent_at=NOW - timedelta(days=1))
        manager.send("advance", pk, "schedule")
        self.is_conditioned(house, case)
        now.move_to(datetime(2026, 12, 2, 9, 0, tzinfo=UTC))
        house.sign_in_again()
        manager.send("advance", pk, "mobilise")
        manager.send("advance", pk, "collect")
        self.is_collected(house, case)
        now.shift(timedelta(hours=6))
        house.sign_in_again()
        house.transplant.send("arrival", pk, arrived_at="2026-12-02T22:30", arrived_c="5")
        house.transplant.send("transfusion", pk, on="2026-12-02")
        manager.send("donate", pk)

        done = again(case)
        assert (done.state, done.donated_on) == (CaseState.DONATED, date(2026, 12, 2))
        assert (done.donor.state, done.donor.collections) == (DonorState.DONATED, 1)

    def is_cleared(self, house: House, case: MatchCase) -> None:
        doctor, reviewer, pk = house.collection, house.reviewer, case.pk
        doctor.send("finding", pk, "examination", on="2026-11-18", fit="yes", words="心电图正常")
        doctor.send("finding", pk, "markers", on="2026-11-18", **MARKERS)
        if case.donor.sex == "F":
            assert "pregnancy test is missing" in reviewer.page("clear", pk)
            doctor.send("finding", pk, "pregnancy", on="2026-11-18", test="NEGATIVE")
        assert "心电图正常" in reviewer.page("findings", pk)
        assert "心电图正常" not in house.manager.page("findings", pk)
        assert str(pk) in reviewer.page("to-clear")
        reviewer.send("clear", pk, verdict="clear")
        assert again(case).cleared_by_id == str(reviewer.staff.pk)

    def is_conditioned(self, house: House, case: MatchCase) -> None:
        pk = case.pk
        house.transplant.send(
            "hospital-message", pk, said_at="2026-11-20T08:00", reference="TX-9", conditioning_on="2026-11-25"
        )
        assert "within the last 24 hours" in house.manager.fail("condition", pk, answer="first")
        actions.call(
            case, result="REACHED", answers={"after_match": "go_on"}, by=actor(house.manager.staff), at=NOW
        )
        house.manager.send("condition", pk, answer="first")
        assert "Waits for the second person" in house.manager.page("condition", pk)
        house.manager.fail("condition", pk, answer="second")
        assert again(case).state == CaseState.SCHEDULED
        house.other.send("condition", pk, answer="second")
        assert again(case).state == CaseState.CONDITIONING

    def is_collected(self, house: House, case: MatchCase) -> None:
        doctor, pk = house.collection, case.pk
        doctor.send("collection", pk, on="2026-12-02", volume_ml="210", cd34_per_kg="4.6", words="顺利")
        doctor.send("adverse", pk, on="2026-12-02", phase="COLLECTION", grade="3", words="手麻")
        assert "Serious: to be reported" in house.manager.page("detail", pk)
        box = {"label_is_right": "on", "bags": "2", "temperature_c": "4.5", "courier": "小李 13900000000"}
        doctor.send("hand-over", pk, **box, left_at="2026-12-02T16:30")
        assert "a second person must check it too" in doctor.fail("hand-over-second", pk, label_is_right="on")
        assert "Two people must have checked" in house.manager.fail("advance", pk, "hand_over")
        house.zhou.send("hand-over-second", pk, label_is_right="on")
        house.manager.send("advance", pk, "hand_over")


class TestWhatItDidToTheDonor:
    SENTENCE = "It is not written down what did the donor harm"

    def test_is_said_one_way_or_the_other_before_the_cells_leave(self, house):
        case = case_in(house, CaseState.COLLECTING)
        doctor, manager, pk = house.collection, house.manager, case.pk
        assert "Write the days of collection down first." in doctor.fail("no-harm", pk)
        assert self.SENTENCE in manager.page("detail", pk)
        assert self.SENTENCE in manager.fail("advance", pk, "hand_over")
        doctor.send("collection", pk, on="2026-11-20", volume_ml="210", cd34_per_kg="4.6")

        doctor.send("no-harm", pk)

        said = case.history.get(about="NO_HARM")
        assert (said.by_id, said.at) == (str(doctor.staff.pk), NOW)
        assert self.SENTENCE not in manager.page("detail", pk)
        assert "No adverse event" in manager.page("detail", pk)
        assert self.SENTENCE not in manager.fail("advance", pk, "hand_over")

    def test_is_asked_again_after_one_more_day(self, house, now):
        case = case_in(house, CaseState.COLLECTING)
        house.collection.send("collection", case.pk, on="2026-11-20", volume_ml="210", cd34_per_kg="4.6")
        house.collection.send("no-harm", case.pk)
        now.shift(timedelta(days=1))
        house.sign_in_again()
        house.collection.send("collection", case.pk, on="2026-11-21", volume_ml="180", cd34_per_kg="2")

        assert self.SENTENCE in house.manager.fail("advance", case.pk, "hand_over")
        assert lacks(case) == self.SENTENCE
        said = {"on": "2026-11-21", "phase": "COLLECTION", "grade": "1", "words": "手麻"}
        house.collection.send("adverse", case.pk, **said)
        assert self.SENTENCE not in house.manager.fail("advance", case.pk, "hand_over")
        assert "is written down already" in house.collection.fail("no-harm", case.pk)

    def test_is_not_said_by_a_word_of_the_morning_before_that_day_was_entered(self, house, now):
        case = case_in(house, CaseState.COLLECTING)
        house.collection.send("collection", case.pk, on="2026-11-20", volume_ml="210", cd34_per_kg="4.6")
        now.shift(timedelta(days=1))
        house.sign_in_again()
        house.collection.send("no-harm", case.pk)
        now.shift(timedelta(minutes=10))
        house.collection.send("collection", case.pk, on="2026-11-21", volume_ml="180", cd34_per_kg="2")

        assert lacks(again(case)) == self.SENTENCE
        house.collection.send("no-harm", case.pk)
        assert lacks(again(case)) != self.SENTENCE

    def test_is_not_said_by_what_came_before_the_cells_were_collected(self, house, now):
        case = case_in(house, CaseState.COLLECTING)
        said = {"on": "2026-11-20", "phase": "MOBILISATION", "grade": "1", "words": "骨痛"}
        house.collection.send("adverse", case.pk, **said)
        now.shift(timedelta(minutes=10))
        house.collection.send("collection", case.pk, on="2026-11-20", volume_ml="210", cd34_per_kg="4.6")

        assert lacks(again(case)) == self.SENTENCE
        assert "No adverse event" in house.manager.page("detail", case.pk)
        assert reverse("cases:no-harm", args=[case.pk]) in house.collection.page("adverse", case.pk)
        house.collection.send("no-harm", case.pk)
        assert lacks(again(case)) != self.SENTENCE


def lacks(case: MatchCase) -> str:
    """Return what the board says that a match misses first, as far as its own words go."""
    with override("en"):
        by = actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=case.donor.service_branch))
        first = Lacks([case]).first_of(case, by=by, at=timezone.now())
    return first.split(",")[0]


class TestTypingAgain:
    def test_ends_the_match_where_it_shows_a_mismatch(self, house):
        case = case_in(house, CaseState.HR_LAB)
        assert "This match ends" in house.zhou.page("result", case.pk)
        house.zhou.send("result", case.pk, found="mismatch")
        assert (again(case).state, again(case).outcome) == (CaseState.CLOSED, "MM")
        assert again(case).donor.state != DonorState.IN_CASE

    def test_ends_the_match_where_the_hospital_wants_another(self, house):
        case = case_in(house, CaseState.TC_DECISION)
        assert "Please choose" in house.manager.fail("decision", case.pk, decided="not")
        house.manager.send("decision", case.pk, decided="not", reason="TRX")
        assert again(case).outcome == "TRX"


class TestFindings:
    def test_that_are_not_fit_lift_the_clearance(self, house):
        case = case_in(house, CaseState.SCHEDULED)
        house.reviewer.send("finding", case.pk, "markers", on="2026-11-19", **MARKERS | {"HCV": "UNCLEAR"})
        assert (again(case).cleared_at, again(case).markers_fit) == (None, None)

    def test_that_are_older_do_not_replace_a_newer_one(self, house):
        case = case_in(house, CaseState.WORKUP, examined_on=TODAY, examination_fit=True)
        house.reviewer.send("finding", case.pk, "examination", on="2026-11-10", fit="no")
        assert again(case).examination_fit is True

    def test_keep_what_the_markers_showed_sealed(self, house):
        case = case_in(house, CaseState.WORKUP)
        house.collection.send("finding", case.pk, "markers", on="2026-11-19", **MARKERS)
        row = Finding.objects.get()
        assert b"POSITIVE" not in bytes(row.answers.blob)
        assert '"CMV": "POSITIVE"' in str(vault.open_one(row, "answers")["answers"])

    def test_too_old_at_the_collection_stand_against_clearing(self, house):
        columns = {"examination_fit": True, "markers_fit": True, "pregnancy_fit": True}
        old = {"markers_on": date(2026, 11, 1), "collection_on": date(2026, 12, 5)}
        case = case_in(house, CaseState.WORKUP, **columns, **old)
        assert "more than 30 days old" in house.reviewer.fail("clear", case.pk, verdict="clear")

    def test_let_the_reviewer_defer_or_exclude(self, house):
        first, second = case_in(house, CaseState.WORKUP), case_in(house, CaseState.SCHEDULED)
        house.reviewer.send(
            "clear", first.pk, verdict="defer", temporary="MR_T_ILLNESS", until="2027-01-10", words="感冒"
        )
        assert (again(first).state, again(first).postponed_reason) == (CaseState.POSTPONED, "MR_T_ILLNESS")
        house.reviewer.send("clear", second.pk, verdict="exclude", permanent="MR_P_CARDIO")
        assert (again(second).state, again(second).donor.state) == (CaseState.CLOSED, DonorState.EXCLUDED)

    def test_let_the_reviewer_stop_a_match_for_no_other_reason(self, house):
        case, by = case_in(house, CaseState.WORKUP), actor(house.reviewer.staff)
        with pytest.raises(moves.Refused):
            actions.close(case, outcome="PDC", by=by, at=NOW)
        with pytest.raises(moves.Refused):
            actions.postpone(case, until=date(2027, 1, 1), reason="OT", by=by, at=NOW)


class TestWhatIsSettledBefore:
    def test_another_day_of_conditioning_voids_the_hospital_s_message(self, house):
        case = case_in(house, CaseState.SCHEDULED)
        days = {"product": "PBSC", "collection_on": "2026-12-02"}
        house.manager.send("dates", case.pk, conditioning_on="2026-11-24", **days)
        assert again(case).hospital_message_at is None
        assert "on or before the day of collection" in house.manager.fail(
            "dates", case.pk, conditioning_on="2026-12-24", **days
        )

    def test_a_back_up_is_one_of_ours_who_is_there_or_of_another_registry(self, house):
        case = case_in(house, CaseState.WORKUP)
        there = DonorFactory(state=DonorState.LISTED, branch=house.county)
        held = DonorFactory(state=DonorState.ON_HOLD, branch=house.county)
        elsewhere = DonorFactory(state=DonorState.LISTED)
        assert "not available" in house.manager.fail("backup", case.pk, grid=held.grid)
        assert "Nobody of yours" in house.manager.fail("backup", case.pk, grid=elsewhere.grid)
        assert "Say in words" in house.manager.fail("backup", case.pk, none="NONE_FOUND")
        assert "Name one of ours" in house.manager.fail("backup", case.pk, grid=there.grid, code="X1")
        house.manager.send("backup", case.pk, grid=there.grid)
        assert again(case).backup == there
        house.manager.send("backup", case.pk, code="DKMS-1")
        assert (again(case).backup, again(case).backup_code) == (None, "DKMS-1")


GONE = {
    "clearance": {"cleared_at": None, "cleared_by_id": ""},
    "examination": {"examination_fit": False},
    "markers": {"markers_on": date(2026, 10, 1)},
    "pregnancy": {"pregnancy_fit": None},
    "talk": {"talked_at": NOW},
    "consent": {"final_consent_at": None},
    "message": {"hospital_message_at": None},
    "reached": {"last_reached_at": NOW - timedelta(hours=25)},
}


class TestConditioning:
    @pytest.mark.parametrize("gone", GONE.values(), ids=list(GONE))
    def test_is_refused_when_something_changed_between_the_two(self, house, gone):
        case = CaseFactory(state=CaseState.SCHEDULED, branch=house.county)
        Donor.objects.update(sex="F")
        agree(case, Purpose.DONATION_FINAL)
        house.manager.send("condition", case.pk, answer="first")
        MatchCase.objects.filter(pk=case.pk).update(**gone)

        house.other.fail("condition", case.pk, answer="second")

        assert again(case).state == CaseState.SCHEDULED
        assert Approval.objects.get().decision == ""

    def test_is_refused_when_the_consent_or_the_donor_went_between_the_two(self, house):
        case = case_in(house, CaseState.SCHEDULED)
        house.manager.send("condition", case.pk, answer="first")
        vault.report_dead(case.donor.subject, by=actor(house.manager.staff), at=NOW)
        assert "reported dead" in house.other.fail("condition", case.pk, answer="second")
        assert again(case).state == CaseState.SCHEDULED

    def test_lapses_a_minute_after_the_day_since_the_donor_was_spoken_with(self, house, now):
        case = case_in(house, CaseState.SCHEDULED)  # spoken with three hours ago
        assert "counts until" in house.manager.page("condition", case.pk)
        house.manager.send("condition", case.pk, answer="first")
        now.shift(timedelta(hours=21, minutes=1))
        house.sign_in_again()
        assert "too long ago" in house.other.page("condition", case.pk)
        house.other.fail("condition", case.pk, answer="second")
        assert again(case).state == CaseState.SCHEDULED

    def test_is_confirmed_at_the_desk_of_questions_too(self, house):
        case = case_in(house, CaseState.SCHEDULED)
        house.manager.send("condition", case.pk, answer="first")
        asked = Approval.objects.get()
        page = house.other.client.get(f"/approvals/{asked.pk}/", headers={"accept-language": "en"})
        assert str(case.pk) in page.content.decode()
        assert case.patient.code in page.content.decode()
        approvals.decide(asked, yes=True, by=actor(house.other.staff), at=NOW)
        assert again(case).state == CaseState.CONDITIONING

    def test_is_asked_anew_once_the_match_was_postponed_in_between(self, house):
        case = case_in(house, CaseState.SCHEDULED)
        house.manager.send("condition", case.pk, answer="first")
        actions.postpone(case, until=date(2027, 1, 1), reason="OT", by=actor(house.manager.staff), at=NOW)
        assert Approval.objects.get().decision == "no"

    def test_is_not_the_caseworker_s(self, house):
        case = case_in(house, CaseState.SCHEDULED)
        assert house.zhou.is_kept_out("condition", case.pk)


class TestAThirdCollection:
    def test_is_refused_at_opening_and_at_the_donation(self, house):
        case = case_in(house, CaseState.HANDED_OVER)
        Donor.objects.filter(pk=case.donor_id).update(collections=settings.COLLECTIONS_MOST)
        assert "twice" in house.manager.page("donate", case.pk)
        house.manager.fail("donate", case.pk)


class TestAHospital:
    def test_sees_codes_alone_where_it_treats_the_patient(self, house):
        case = case_in(house, CaseState.SCHEDULED, Purpose.SHARE_HOSPITAL)
        opened = vault.open_one(case.donor, "name", "phone", "document", "address")
        pages = (
            "hospital",
            "hospital-case",
            "hospital-message",
            "hospital-decision",
            "arrival",
            "transfusion",
        )
        for name in pages:
            shown = house.transplant.page(name, *([] if name == "hospital" else [case.pk]))
            for value in opened.values():
                assert str(value) not in shown, name
                assert str(value)[:1] + "**" not in shown, name
            assert case.donor.grid not in shown
        assert case.patient.code in house.transplant.page("hospital-case", case.pk)

    def test_enters_only_its_own_facts(self, house):
        case = case_in(house, CaseState.COLLECTING)
        theirs = {"arrival", "transfusion", "hospital-message", "hospital-decision"}
        ours = {"collection", "adverse", "hand-over", "hand-over-second", "hospital-name"}
        assert all(house.collection.is_kept_out(name, case.pk) for name in theirs)
        assert all(house.transplant.is_kept_out(name, case.pk) for name in ours)
        assert house.transplant.is_kept_out("finding", case.pk, "examination")
        kept = ("detail", "findings", "clear", "dates", "backup", "condition", "donate")
        assert all(desk.is_kept_out(name, case.pk) for desk in both(house) for name in kept)

    def test_that_is_not_named_or_is_another_finds_nothing(self, house):
        case = case_in(house, CaseState.WORKUP)
        colleague = Desk(StaffFactory(role=Role.COLLECTION_HOSPITAL, branch=house.ward))
        assert colleague.is_kept_out("hospital-case", case.pk)
        assert str(case.pk) not in colleague.page("hospital")
        MatchCase.objects.update(collection_hospital=house.hospital)
        assert house.collection.is_kept_out("hospital-case", case.pk)
        assert house.collection.is_kept_out("finding", case.pk, "examination")

    def test_learns_the_name_of_its_own_donor_and_each_look_is_a_line(self, house):
        case = case_in(house, CaseState.WORKUP, Purpose.SHARE_HOSPITAL)
        name = str(vault.open_one(case.donor, "name")["name"])
        assert name not in house.collection.page("hospital-case", case.pk)

        answer = house.collection.client.post(f"/cases/hospital/{case.pk}/name/")

        assert name in answer.content.decode()
        line = Disclosure.objects.get()
        assert (line.recipient, line.purpose) == ("采集医院", Purpose.SHARE_HOSPITAL)
        assert not any(name in str(row.__dict__) for row in TrailRow.objects.all())

    @pytest.mark.parametrize(
        ("state", "purposes"), [(CaseState.TC_DECISION, [Purpose.SHARE_HOSPITAL]), (CaseState.WORKUP, [])]
    )
    def test_learns_no_name_too_early_or_without_the_consent(self, house, state, purposes):
        case = case_in(house, state, *purposes)
        name = str(vault.open_one(case.donor, "name")["name"])
        assert name not in house.collection.send("hospital-name", case.pk)
        assert not Disclosure.objects.exists()

    def test_looks_so_often_in_an_hour_and_no_more(self, house, settings):
        settings.CASE_FACTS_PER_HOUR = 1
        case = case_in(house, CaseState.WORKUP, Purpose.SHARE_HOSPITAL)
        house.collection.client.post(f"/cases/hospital/{case.pk}/name/")
        assert "many looks" in house.collection.send("hospital-name", case.pk)
        assert Disclosure.objects.count() == 1

    def test_corrects_a_day_by_entering_it_again(self, house):
        case = case_in(house, CaseState.COLLECTING)
        for volume in ("200", "220"):
            house.collection.send("collection", case.pk, on="2026-11-20", volume_ml=volume, cd34_per_kg="3")
        assert re.fullmatch(r"220\.0", str(CollectionDay.objects.get().volume_ml))


def both(house: House) -> tuple[Desk, Desk]:
    return house.transplant, house.collection
