"""Who looks after the patient's side of a match does nothing for its donor, nor the other way round."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from foundation import moves, vault
from foundation.access import Role
from foundation.trail.models import TrailRow
from registry.cases import actions, health, sides
from registry.cases.actions import intervening
from registry.cases.models import MatchCase
from registry.cases.outcomes import Side
from registry.cases.states import CaseState
from tests.at_the_cases import House
from tests.factories.cases import NOW, CaseFactory
from tests.factories.foundation import BranchFactory, RoleAtFactory, StaffFactory, actor
from tests.factories.stages import session, signed

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
TODAY = NOW.date()
S = CaseState
OF_THE_DONOR: dict[str, tuple[CaseState, Any]] = {
    "call": (S.CONTACTING, lambda c, by: actions.call(c, result="NO_ANSWER", by=by, at=NOW)),
    "offer a talk": (S.WORKUP, lambda c, by: actions.offer_talk(c, kind="FAMILY", by=by, at=NOW)),
    "family": (S.CONTACTING, lambda c, by: actions.record_nobody(c, by=by, at=NOW)),
    "health": (S.REMOBILISED, lambda c, by: actions.record_check(c, {}, by=by, at=NOW)),
    "consent": (S.WORKUP, lambda c, by: actions.agree_to_stage(c, 3, signed(3), session(3), by=by, at=NOW)),
    "waver": (
        S.WORKUP,
        lambda c, by: intervening.intervene(c, reason="PR_AMBIVALENT", kind="TALK", by=by, at=NOW),
    ),
    "journey": (S.WORKUP, lambda c, by: actions.keep_journey(c, insurer="", by=by, at=NOW)),
    "clear": (S.WORKUP, lambda c, by: actions.clear(c, by=by, at=NOW)),
    "day": (S.COLLECTING, lambda c, by: actions.record_day(c, on=TODAY, volume_ml=200, by=by, at=NOW)),
    "wishes": (
        S.DONATED,
        lambda c, by: actions.record_wishes(
            c, given=["letters"], declined=[], witness="护士长", by=by, at=NOW
        ),
    ),
}
OF_THE_PATIENT: dict[str, tuple[CaseState, Any]] = {
    "decision": (
        S.TC_DECISION,
        lambda c, by: actions.record_decision_of_hospital(c, wants=True, by=by, at=NOW),
    ),
    "message": (
        S.SCHEDULED,
        lambda c, by: actions.record_message(
            c, said_at=NOW, reference="TX-2", conditioning_on=TODAY + timedelta(days=2), by=by, at=NOW
        ),
    ),
    "arrival": (S.HANDED_OVER, lambda c, by: actions.record_arrival(c, arrived_at=NOW, by=by, at=NOW)),
    "transfusion": (S.DONATED, lambda c, by: actions.record_transfusion(c, on=TODAY, by=by, at=NOW)),
}


def checked(case: MatchCase, by: Any) -> tuple[Any, Any]:
    answers = {one.key: one.answers[0].key for one in health.questions(case.donor.sex)}
    answers |= {"weight_kg": "58", "height_cm": "165"}
    return actions.record_check(case, answers, by=by, at=NOW), case.pk


def asked_after(case: MatchCase, by: Any) -> tuple[Any, Any]:
    actions.plan_follow_ups(case)
    row = case.follow_ups.order_by("due_on")[0]
    return row, row.pk


READ_BY_THE_DONORS: dict[str, tuple[CaseState, Any]] = {
    "health-review": (S.REMOBILISED, checked),
    "follow-up": (S.DONATED, asked_after),
    "insurance": (
        S.WORKUP,
        lambda c, by: (actions.keep_journey(c, insurer="中国人保", policy="P-1", by=by, at=NOW), c.pk),
    ),
}


@pytest.fixture
def county():
    return BranchFactory()


@pytest.fixture
def everything(county):
    """Somebody with every right at the county: a reviewer who manages, so that only the side refuses."""
    staff = StaffFactory(role=Role.REGISTRY_MANAGER, branch=county)
    RoleAtFactory(staff=staff, role=Role.MEDICAL_REVIEWER, branch=county)
    return staff


def check_refused(act: Any, case: MatchCase, staff: Any, *, side: Side) -> None:
    lines = TrailRow.objects.count()
    with pytest.raises(moves.Refused) as why:
        act(case, actor(staff))
    assert why.value.sentences == sides.stands_against(case, side, by=actor(staff))
    assert TrailRow.objects.count() == lines


class TestTheDonorsSide:
    @pytest.mark.parametrize("name", OF_THE_DONOR)
    def test_is_shut_to_the_officer_of_the_patients(self, county, everything, name):
        signed(3)  # the texts are there
        state, act = OF_THE_DONOR[name]
        case = CaseFactory(state=state, branch=county, patient_officer=everything)

        check_refused(act, case, everything, side=Side.DONOR)

    def test_is_open_to_a_colleague_of_neither(self, county, everything):
        case = CaseFactory(state=S.CONTACTING, branch=county, patient_officer=StaffFactory())

        actions.record_attempt(case, result="NO_ANSWER", by=actor(everything), at=NOW)

        assert case.attempts.count() == 1

    def test_is_told_before_anybody_presses_and_shows_no_number(self, signed_in, county, everything):
        case = CaseFactory(state=S.CONTACTING, branch=county, patient_officer=everything)
        page = reverse("cases:attempt", args=[case.pk])
        browser = signed_in(everything)

        shown = browser.get(page, headers=ENGLISH)
        sent = browser.post(page, {"number": "donor", "result": "NO_ANSWER"}, headers=ENGLISH)

        assert "You look after the patient's side of this match." in unescape(shown.content.decode())
        assert "numbers_viewed" not in " ".join(TrailRow.objects.values_list("verb", flat=True))
        assert (shown.status_code, sent.status_code) == (200, 422)
        assert not case.attempts.exists()

    @pytest.mark.parametrize("name", READ_BY_THE_DONORS)
    def test_has_its_sealed_answers_opened_by_nobody_of_the_patients(
        self, signed_in, county, everything, monkeypatch, name
    ):
        state, begin = READ_BY_THE_DONORS[name]
        case = CaseFactory(state=state, branch=county, patient_officer=everything)
        colleague = actor(StaffFactory(role=Role.CASEWORKER, branch=county))
        row, page = begin(case, colleague)
        opened, real = [], vault.open_one
        monkeypatch.setattr(
            vault, "open_one", lambda one, *names: opened.append(type(one)) or real(one, *names)
        )

        shown = signed_in(everything).get(reverse(f"cases:{name}", args=[page]), headers=ENGLISH)

        assert "You look after the patient's side of this match." in unescape(shown.content.decode())
        assert type(row) not in opened
        assert not TrailRow.objects.filter(verb__in=["case.health_viewed", "follow_up.viewed"]).exists()

    @pytest.mark.parametrize(("mine", "offered"), [("owner", True), ("patient_officer", False)])
    def test_is_offered_on_the_page_of_the_match_to_who_may(
        self, signed_in, county, everything, mine, offered
    ):
        case = CaseFactory(state=S.WORKUP, branch=county, **{mine: everything})
        shown = signed_in(everything).get(reverse("cases:detail", args=[case.pk])).content.decode()

        links = [reverse(f"cases:{name}", args=[case.pk]) for name in ("attempt", "family", "health-check")]
        assert [f'"{link}"' in shown for link in links] == [offered] * 3


class TestThePatientsSide:
    @pytest.mark.parametrize("name", OF_THE_PATIENT)
    @pytest.mark.parametrize("who", ["owner", "companion"])
    def test_is_shut_to_the_people_of_the_donors(self, county, everything, name, who):
        state, act = OF_THE_PATIENT[name]
        case = CaseFactory(state=state, branch=county, **{who: everything})

        check_refused(act, case, everything, side=Side.PATIENT)

    def test_is_open_to_its_officer(self, county, everything):
        case = CaseFactory(state=S.TC_DECISION, branch=county, patient_officer=everything)

        actions.record_decision_of_hospital(case, wants=True, by=actor(everything), at=NOW)

        assert case.history.count() == 1

    def test_says_who_may_on_its_page(self, signed_in, county, everything):
        case = CaseFactory(state=S.SCHEDULED, branch=county, owner=everything)

        shown = signed_in(everything).get(reverse("cases:hospital-message", args=[case.pk]), headers=ENGLISH)

        assert "The officer of the patient's side does this" in unescape(shown.content.decode())

    @pytest.mark.parametrize(
        ("page", "state"), [("hospital-decision", S.TC_DECISION), ("transfusion", S.HANDED_OVER)]
    )
    def test_is_shut_on_the_hospitals_pages_to_who_looks_after_the_donor(self, page, state):
        house = House()
        case = CaseFactory(state=state, branch=house.county, owner=house.transplant.staff)
        house.name_hospitals(case)

        shown = house.transplant.page(page, case.pk)

        assert "The officer of the patient's side does this" in unescape(shown)
        assert '<button class="button act"' not in shown


class TestAWitnessFromOutside:
    @pytest.mark.parametrize("whose", ["taker", "donor", "companion", "relative", "contact"])
    def test_is_none_of_those_who_have_a_part_in_it(self, county, whose):
        taker = StaffFactory(role=Role.CASEWORKER, branch=county, name="Li Hua")
        companion = StaffFactory(role=Role.COORDINATOR, branch=county, name="周  梅")
        case = CaseFactory(
            state=S.WORKUP, branch=county, companion=companion, talked_at=NOW - timedelta(days=2)
        )
        told = actions.View(relation="PARENT", stance="SUPPORTS", told_on=TODAY, name="陈·兰")
        actions.record_view(case, told, by=actor(taker), at=NOW)
        names = {"taker": "ＬＩ hua", "companion": "周梅", "relative": "陈兰"}
        if whose in {"donor", "contact"}:
            names |= _names_of(case)
        said = session(3, witness=f" {names[whose]} ")

        with pytest.raises(moves.Refused) as why:
            actions.agree_to_stage(case, 3, signed(3), said, by=actor(taker), at=NOW)
        assert len(why.value.sentences) == 1


def _names_of(case: MatchCase) -> dict[str, str]:
    contact = case.donor.contacts.first()
    return {
        "donor": str(vault.open_one(case.donor, "name")["name"]),
        "contact": str(vault.open_one(contact, "name")["name"]),
    }
