"""Zhou sees on the board which match needs him, and takes its next step from its page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent.purposes import Purpose
from foundation import moves, vault
from foundation.access import BranchKind, Role, named
from foundation.access.open_work import kinds
from foundation.moves import Step
from foundation.trail.models import TrailRow
from registry.cases import actions, mends
from registry.cases.actions import people
from registry.cases.ahead import NEXT, PRESSED
from registry.cases.models import FollowUp, MatchCase
from registry.cases.models.workflow import Workflow
from registry.cases.queries.lacks import Lacks
from registry.cases.states import ACTIVE, CAN_BE_POSTPONED, CaseState
from registry.donors import usage
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.factories.cases import CaseFactory, PatientFactory, agree, notice
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
EN = {"accept-language": "en"}


class Desk:
    """A browser in which somebody of the staff has signed in, reading English."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def page(self, name: str, *args: object, status: int = 200, **query: str) -> str:
        answer = self.client.get(reverse(f"cases:{name}", args=args), query, headers=EN)
        assert answer.status_code == status, answer.content.decode()[:2000]
        return str(answer.content.decode())

    def send(self, name: str, *args: object, status: int = 200, **said: Any) -> str:
        answer = self.client.post(reverse(f"cases:{name}", args=args), said, headers=EN, follow=True)
        assert answer.status_code == status, answer.content.decode()[:3000]
        return str(answer.content.decode())


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def county():
    return BranchFactory(name="鄞州区红十字会")


@pytest.fixture
def zhou(county):
    return StaffFactory(name="周建平", role=Role.CASEWORKER, branch=county)


@pytest.fixture
def manager(county):
    return StaffFactory(name="徐敏", role=Role.REGISTRY_MANAGER, branch=county)


@pytest.fixture
def desk(zhou, signed_in):
    return Desk(signed_in(zhou))


def at(case: MatchCase) -> str:
    return str(MatchCase.objects.get(pk=case.pk).state)


class TestTheBoard:
    def test_shows_each_match_in_its_column_with_clock_step_and_what_is_missing(self, desk, county, zhou):
        tried = CaseFactory(state=CaseState.CONTACTING, branch=county, owner=zhou, due_on=None)
        MatchCase.objects.filter(pk=tried.pk).update(due_on=date(2026, 11, 19), reached_at=None)
        CaseFactory(state=CaseState.POSTPONED, branch=county)
        CaseFactory(state=CaseState.MOBILISING, branch=county)
        CaseFactory(state=CaseState.CLOSED, branch=county)

        shown = desk.page("list")

        assert "1 working day over" in shown
        assert "Missing: a word with the donor" in shown
        assert "周建平" in shown
        assert shown.count("data-card") == 3
        assert "Conditioning has begun" in shown
        assert str(vault.open_one(tried.donor, "name")["name"]) not in shown
        assert re.findall(r'href="([^"]+)" data-card data-next-act', shown) == [f"/cases/{tried.pk}/"]

    def test_filters_in_plain_words_with_counts(self, desk, county, zhou, manager):
        mine = CaseFactory(state=CaseState.WORKUP, branch=county, owner=manager, patient_officer=zhou)
        others = CaseFactory(state=CaseState.TC_DECISION, branch=county, owner=manager)

        assert "Mine <b>1</b>" in desk.page("list")
        shown = desk.page("list", show="mine")
        assert mine.patient.code in shown
        assert others.patient.code not in shown
        assert others.patient.code in desk.page("list", show="others")
        assert mine.patient.code not in desk.page("list", show="others")
        assert others.patient.code not in desk.page("list", officer=str(zhou.pk))
        assert "No match fits what you chose above." in desk.page("list", source="SEARCH")

    def test_counts_an_overdue_follow_up_of_a_donation_among_what_is_overdue(self, desk, county):
        given = [CaseFactory(state=CaseState.DONATED, branch=county) for _ in range(3)]
        for case, days in zip(given, (1, 0, 1), strict=True):
            FollowUp.objects.create(case=case, key="d2", due_on=AT.date() - timedelta(days=days))
        Donor.objects.filter(pk=given[2].donor_id).update(death_reported_at=AT)

        shown = desk.page("list", show="overdue")

        assert ("1 overdue" in shown, "1 due today" in shown) == (True, True)
        assert given[0].patient.code in shown
        assert "1 working day over" in shown
        assert not [one for one in given[1:] if one.patient.code in shown], (
            "nobody asks who was reported dead"
        )
        assert given[1].patient.code in desk.page("column", "after", show="today")

    def test_asks_the_same_number_of_queries_however_many_there_are(self, desk, county):
        for state in (CaseState.REMOBILISED, CaseState.SCHEDULED, CaseState.COLLECTING, CaseState.DONATED):
            CaseFactory(state=state, branch=county)
        with CaptureQueriesContext(
            connection,
        ) as few:
            desk.page("list")
        for state in ACTIVE:
            CaseFactory(state=state, branch=county)
        with CaptureQueriesContext(connection) as many:
            desk.page("list")

        assert len(many) <= len(few) + 1  # of the prefetch that a first column needs

    def test_lists_all_of_a_column_page_by_page(self, desk, county):
        cases = [CaseFactory(state=CaseState.WORKUP, branch=county) for _ in range(2)]

        shown = desk.page("column", "work_up")

        assert all(case.patient.code in shown for case in cases)
        desk.page("column", "nowhere", status=404)

    @pytest.mark.parametrize("state", [state for state in NEXT if state != CaseState.POSTPONED])
    def test_says_what_the_guards_say(self, state, county, manager):
        by = actor(manager)
        for columns in ({}, {"cleared_at": None, "cleared_by_id": "", "fit_at": None, "product": ""}):
            case = CaseFactory(state=state, branch=county, **columns)
            if not columns:
                agree(case, Purpose.VERIFICATION_TYPING, Purpose.DONATION_FINAL)
            step = NEXT[state]
            met = {str(sentence) for sentence in step.meets}
            missing = [one for one in moves.missing(case, step.move, by=by, at=AT) if str(one) not in met]
            first = Lacks([case]).first_of(case, by=by, at=AT)
            assert first == (str(missing[0]) if missing else "")

    def test_is_shut_to_who_only_makes_contact_and_to_another_branch(self, county, signed_in, desk):
        case = CaseFactory(state=CaseState.CONTACTING, branch=county)
        later = CaseFactory(state=CaseState.WORKUP, branch=county)
        lin = Desk(signed_in(StaffFactory(role=Role.COORDINATOR, branch=county)))
        lin.page("list", status=403)
        shown = lin.page("detail", case.pk)
        assert case.patient.code not in shown
        lin.page("detail", later.pk, status=404)
        away = Desk(signed_in(StaffFactory(role=Role.REGISTRY_MANAGER, branch=BranchFactory())))
        assert case.patient.code not in away.page("list")
        away.page("detail", case.pk, status=404)
        away.send("close", case.pk, outcome="PDC", status=404)


class TestTheNextStep:
    def test_stands_on_the_page_with_links_that_mend_what_is_missing(self, desk, county):
        case = CaseFactory(state=CaseState.CONTACTING, branch=county)

        shown = desk.page("detail", case.pk)

        assert "Nobody has spoken with the donor yet." in shown
        assert 'aria-disabled="true">The donor knows of the match' in shown
        refused = desk.send("advance", case.pk, "remobilise", status=422)
        assert refused.count("Nobody has spoken with the donor yet.") == 2
        assert at(case) == CaseState.CONTACTING
        MatchCase.objects.update(reached_at=AT)
        desk.send("advance", case.pk, "remobilise")
        assert at(case) == CaseState.REMOBILISED

    @pytest.mark.parametrize("move", ["schedule", "condition", "close", "nonsense", "take_sample"])
    def test_is_refused_by_a_sentence_where_it_does_not_start(self, desk, county, move):
        case = CaseFactory(state=CaseState.HR_AGREED, branch=county)
        before = Step.objects.count()

        shown = desk.send("advance", case.pk, move, status=422)

        sentence = "asks for more than a button" if move == "take_sample" else "not possible in the present"
        assert sentence in shown
        assert at(case) == CaseState.HR_AGREED
        assert Step.objects.count() == before

    def test_belongs_to_the_manager_from_the_decision_on(self, desk, county, zhou, manager, signed_in):
        case = CaseFactory(state=CaseState.TC_DECISION, branch=county, owner=zhou)
        assert "To be taken over" in desk.page("list")
        assert "another colleague" in desk.page("detail", case.pk)
        desk.send("take", case.pk, status=422)

        Desk(signed_in(manager)).send("take", case.pk)

        assert MatchCase.objects.get(pk=case.pk).owner == manager
        assert "To be taken over" not in desk.page("list")
        assert TrailRow.objects.filter(verb="case.taken").exists()

    def test_warns_everybody_once_conditioning_has_begun(self, county, signed_in):
        case = CaseFactory(state=CaseState.CONDITIONING, branch=county)
        for role in (Role.CASEWORKER, Role.MEDICAL_REVIEWER):
            shown = Desk(signed_in(StaffFactory(role=role, branch=county))).page("detail", case.pk)
            assert "The patient's own marrow is destroyed." in shown
            assert "Withdraw" in shown, role


class TestThePageOfAMatch:
    def test_masks_the_donor_and_opens_for_a_reason_that_is_written_down(self, desk, county):
        case = CaseFactory(state=CaseState.CONTACTING, branch=county)
        name = str(vault.open_one(case.donor, "name")["name"])
        desk.send("note", case.pk, words="周末再打")
        shown = desk.page("detail", case.pk)
        assert name not in shown
        assert "周末再打" not in shown

        opened = desk.send("reveal", case.pk, reason="reach")

        assert name in opened
        assert "周末再打" in opened
        assert TrailRow.objects.filter(verb="case.revealed").count() == 1

    def test_says_before_it_is_closed_what_follows(self, desk, county, zhou):
        donor = DonorFactory(state=DonorState.LISTED, branch=county)
        by = actor(zhou)
        first, second = (
            actions.open_case(donor, PatientFactory(branch=county), notice=notice(), by=by, at=AT)
            for _ in range(2)
        )
        assert f"/cases/{second.pk}/" in desk.page("detail", first.pk)
        assert "How did it end?" in desk.page("close", first.pk)
        assert "begins at once" in desk.page("close", first.pk, outcome="PDC")
        assert "changed mind" in desk.page("close", first.pk, outcome="PR_AMBIVALENT")
        desk.send("close", first.pk, outcome="EX", status=200 if first.clock_ends_on < AT.date() else 422)
        desk.send("close", first.pk, outcome="PDC", words="医院来电")

        assert (at(first), at(second)) == (CaseState.CLOSED, CaseState.NOTIFIED)
        assert Donor.objects.get(pk=donor.pk).state == DonorState.IN_CASE
        assert "This match has ended" in desk.page("detail", first.pk)

    def test_postpones_goes_on_and_extends(self, desk, county):
        case = CaseFactory(state=CaseState.WORKUP, branch=county, clock_ends_on=date(2026, 11, 30))
        desk.send("postpone", case.pk, reason="PATIENT", until="2028-01-01", status=422)
        shown = desk.send("postpone", case.pk, reason="PATIENT", until="2026-12-24")
        assert at(case) == CaseState.POSTPONED
        assert "→ 2026-12-24" in shown
        desk.send("resume", case.pk)
        assert at(case) == CaseState.WORKUP
        desk.send("extend", case.pk, until="2026-11-25", words="等等", status=422)
        desk.send("extend", case.pk, until="2026-12-10", words="医院要再想一想")
        assert MatchCase.objects.get(pk=case.pk).clock_ends_on == date(2026, 12, 10)

    def test_names_its_people_and_keeps_the_two_sides_apart(self, desk, county, zhou, manager):
        hospital = BranchFactory(kind=BranchKind.HOSPITAL, name="省立医院")
        nurse = StaffFactory(role=Role.COLLECTION_HOSPITAL, branch=hospital)
        companion = StaffFactory(role=Role.COMPANION, branch=county)
        case = CaseFactory(state=CaseState.WORKUP, branch=county)
        said = {"owner": manager.pk, "companion": companion.pk, "collection_hospital": hospital.pk}
        refused = desk.send("people", case.pk, **said, patient_officer=manager.pk, status=422)
        assert "never the same person" in refused
        desk.send("people", case.pk, **said, patient_officer=zhou.pk)
        assert named.staff_on(case) == [companion]

        desk.send("people", case.pk, **said, patient_officer=zhou.pk, at_collection=[nurse.pk])

        assert set(named.staff_on(case)) == {companion, nurse}
        case = MatchCase.objects.get(pk=case.pk)
        assert (case.owner, case.patient_officer) == (manager, zhou)
        other = StaffFactory(role=Role.COMPANION, branch=county)
        people.hand_over(case, "companion", other, by=actor(manager), at=AT)
        assert set(named.staff_on(case)) == {other, nurse}


class TestEverywhereElse:
    def test_a_match_stands_on_today_in_the_search_and_on_the_donors_page(self, desk, county, zhou):
        case = CaseFactory(state=CaseState.CONTACTING, branch=county, owner=zhou)
        over = date(2026, 11, 19)
        MatchCase.objects.update(clock_ends_on=over, due_on=over, due_what="RESERVATION")
        today = desk.client.get("/", headers=EN).content.decode()
        assert "My matches that are due" in today
        assert "Reservations that have run out" in today
        page = desk.client.get(reverse("donors:detail", args=[case.donor_id]), headers=EN).content.decode()
        assert reverse("cases:detail", args=[case.pk]) in page
        for text in (case.pk.hex[-6:], case.notice_code, case.patient.code):
            found = desk.client.post(reverse("desk:search"), {"q": text}, headers=EN)
            assert found.headers["Location"] == reverse("cases:detail", args=[case.pk]), text
        assert [use.url for use in usage.of(case.donor)] == [reverse("cases:detail", args=[case.pk])]

    def test_hands_the_work_of_one_to_another(self, county, zhou, manager):
        case = CaseFactory(state=CaseState.WORKUP, branch=county, owner=zhou)
        work = next(kind for kind in kinds() if kind.key == "cases.owner")
        assert [item.id for item in work.items(zhou.pk)] == [str(case.pk)]

        work.hand_over([str(case.pk)], manager.pk, actor(zhou), AT + timedelta(hours=1))

        assert MatchCase.objects.get(pk=case.pk).owner == manager

    def test_every_sentence_of_a_guard_is_known_to_the_checklist(self):
        known = {str(mend.sentence) for mend in mends.MENDS}
        asked = {
            str(guard.sentence)
            for state in NEXT
            for guard in _guards(state, NEXT[state].move)
            if not guard.when_given
        }
        assert asked <= known
        assert {transition.name for transition in _transitions()} > PRESSED
        assert set(CAN_BE_POSTPONED) < set(NEXT)


def _transitions() -> list[Any]:
    return list(MatchCase._meta.get_field("state").get_all_transitions(MatchCase))


def _guards(state: str, move: str) -> Any:
    assert issubclass(MatchCase, Workflow)
    return next(
        one.custom["rule"].guards for one in _transitions() if one.name == move and one.source == state
    )
