"""After a donation somebody is asked how they are, harm is reported upward, a letter goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from consent import actions as consents
from consent.models import Consent
from consent.purposes import Purpose
from consent.states import State
from foundation.access import BranchKind, Role
from notifications.links.purposes import Purpose as OwnLink
from notifications.plans.models import Touchpoint
from registry.cases import actions, letters
from registry.cases.models import (
    AdverseEvent,
    CaseNote,
    CollectionDay,
    FollowUp,
    HandOver,
    Letter,
)
from registry.cases.queries import after
from registry.cases.states import CaseState
from registry.donors.models import CallTask, Donor
from registry.donors.states import DonorState
from tests.factories import links, plans
from tests.factories.cases import CaseFactory, agree
from tests.factories.consent import text as consent_text
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday, ten o'clock in China
TODAY = date(2026, 11, 20)
EN = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def county():
    return BranchFactory(name="某县红十字会")


@pytest.fixture
def zhou(county):
    return StaffFactory(role=Role.CASEWORKER, branch=county)


@pytest.fixture
def given(county):
    """Return a donation of today, with its follow-ups."""
    hospital = BranchFactory(kind=BranchKind.HOSPITAL, name="某大学第一医院")
    donor = DonorFactory(state=DonorState.DONATED, branch=county, about={"name": "王立华", "sex": "M"})
    case = CaseFactory(state=CaseState.DONATED, donor=donor, collection_hospital=hospital, at=NOW)
    actions.plan_follow_ups(case)
    return case


def post(client, name, thing, **data):
    return client.post(reverse(name, args=[thing.pk]), data, headers=EN)


def read(client, name, thing):
    return client.get(reverse(name, args=[thing.pk]), headers=EN).content.decode()


WELL = {
    "wellbeing": "5", "symptoms": "no", "fatigue": "none", "pain": "none", "bleeding": "none",
    "illness": "no", "back": "yes",
}  # fmt: skip


class TestFollowUp:
    def test_is_planned_once_to_the_tenth_year(self, given):
        assert actions.plan_follow_ups(given) == 0
        rows = list(FollowUp.objects.order_by("due_on").values_list("key", "due_on"))
        assert (len(rows), rows[0], rows[-1]) == (
            14, ("d2", date(2026, 11, 22)), ("y10", date(2036, 11, 20)),
        )  # fmt: skip

    def test_asks_measures_and_rings_who_is_not_well(self, client, clock, given, zhou):
        clock.move_to(NOW + timedelta(days=30))
        signed_in(client, zhou)
        row = FollowUp.objects.get(key="d30")
        assert (
            reverse("cases:follow-up", args=[row.pk])
            in client.get(reverse("cases:follow-ups")).content.decode()
        )

        answer = post(
            client, "cases:follow-up", row, **WELL | {"fatigue": "strong"}, wbc="4.1", hb="121", plt="90"
        )

        assert answer.status_code == 302
        assert CallTask.objects.get().due_on == date(2026, 12, 21)  # Monday
        page = read(client, "cases:follow-up", row)
        assert page.count("Unusual") == 2  # a man's haemoglobin, and the platelets
        assert not FollowUp.objects.filter(key="d30", done_at=None).exists()

    def test_is_refused_long_before_its_day(self, client, given, zhou):
        signed_in(client, zhou)

        answer = post(client, "cases:follow-up", FollowUp.objects.get(key="y1"), **WELL)
        assert answer.status_code == 422
        assert "It is too early to ask this" in answer.content.decode()

    def test_a_serious_event_stands_on_today_until_it_is_reported(self, client, clock, given, zhou):
        clock.move_to(NOW + timedelta(days=2))
        signed_in(client, zhou)
        harm = {"grade": "3", "event_on": "2026-11-21", "words": "脾区疼痛"}
        post(client, "cases:follow-up", FollowUp.objects.get(key="d2"), **WELL | {"pain": "strong"}, **harm)
        event = AdverseEvent.objects.get()
        assert (event.serious, event.phase, CallTask.objects.count()) == (True, "FOLLOW_UP", 0)
        report = reverse("cases:report-event", args=[event.pk])
        assert report in client.get(reverse("desk:today")).content.decode()

        when = {"to": "中华骨髓库", "reference": "AE-7", "when": "2026-11-22T09:30"}
        assert post(client, "cases:report-event", event, **when).status_code == 302

        assert report not in client.get(reverse("desk:today")).content.decode()
        event.refresh_from_db()
        assert (event.reported_to, event.reference) == ("中华骨髓库", "AE-7")
        assert CaseNote.objects.get().about == "EVENT_REPORTED"
        assert "reported before" in post(client, "cases:report-event", event, **when).content.decode()

    def test_leaves_alone_who_withdrew_since(self, client, clock, given, zhou):
        clock.move_to(NOW + timedelta(days=2))
        signed_in(client, zhou)
        Donor.objects.update(state=DonorState.WITHDRAWN, left_at=NOW, left_reason="PR_NOT_STATED")

        row = FollowUp.objects.get(key="d2")
        assert str(row.pk) not in client.get(reverse("cases:follow-ups")).content.decode()


class TestTheProgramme:
    def test_counts_from_the_last_day_of_collection(self, county):
        plans.install()
        manager = actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=county))
        case = CaseFactory(state=CaseState.HANDED_OVER, branch=county, at=NOW)
        CollectionDay.objects.create(
            case=case,
            on=date(2026, 11, 17),
            volume_ml=200,
            cd34_per_kg=4,
            entered_at=NOW,
            **manager.columns(),
        )
        HandOver.objects.create(
            case=case, at=NOW, bags=1, temperature_c=4, second_id="x", second_at=NOW, arrived_at=NOW,
            **manager.columns(),
        )  # fmt: skip

        actions.donate(case, by=manager, at=NOW)

        asked = Touchpoint.objects.get(key="d7", plan__subject=case.donor.subject)
        follow_up = FollowUp.objects.get(case=case, key="d7")
        assert asked.on_date == follow_up.due_on == date(2026, 11, 24)

    def test_writes_down_what_the_donor_answers_by_their_link(self, client, clock, given):
        clock.move_to(NOW + timedelta(days=7))
        path = links.path(OwnLink.FOLLOW_UP, given.donor, at=NOW + timedelta(days=7), matter="d7")
        client.post(path, {"last_four": links.last_four(given.donor)})
        client.post(path, {"wellbeing": "2", "symptoms": "yes", "words": "头晕"})

        row = FollowUp.objects.get(key="d7")
        assert (row.wellbeing, row.by_kind, after.said_in(row)["answers"]) == (
            2,
            "subject",
            {"symptoms": "yes"},
        )
        assert after.said_in(row)["words"] == "头晕"
        assert CallTask.objects.count() == 1


class TestALetter:
    CAME = "亲爱的捐献者：我叫李小雨，在某大学第一医院移植，电话13800001234。谢谢你救了我。"

    @pytest.fixture
    def letter(self, client, given, zhou):
        signed_in(client, zhou)
        post(client, "cases:letters", given, direction="TO_DONOR", received_on="2026-11-20", words=self.CAME)
        return Letter.objects.get()

    @pytest.fixture
    def other(self, county):
        return StaffFactory(role=Role.CASEWORKER, branch=county)

    def test_is_screened_by_another_and_goes_on_naming_nobody(self, client, clock, letter, other):
        draft = read(client, "cases:letter-screen", letter)
        assert "Somebody else than who wrote the letter down must screen it." in draft
        assert post(client, "cases:letter-screen", letter, redacted="谢谢你").status_code == 422
        signed_in(client, other)
        draft = read(client, "cases:letter-screen", letter)
        assert "<mark>李小雨</mark>" in draft
        leaking = post(client, "cases:letter-screen", letter, redacted="谢谢 王 立 华").content.decode()
        assert "Both stay anonymous" in leaking
        post(client, "cases:letter-screen", letter, redacted="亲爱的捐献者：谢谢你救了我。")

        post(client, "cases:letter-wanted", letter)
        assert Letter.objects.get().state == "SCREENED"  # the donor has not agreed to letters
        agree(letter.case, Purpose.LETTERS)
        post(client, "cases:letter-wanted", letter)
        post(client, "cases:letter-forward", letter)
        assert Letter.objects.get().state == "ASKED"  # thirty days are not over
        clock.move_to(NOW + timedelta(days=30))
        signed_in(client, other)
        post(client, "cases:letter-forward", letter)

        assert Letter.objects.get().state == "FORWARDED"
        paper = read(client, "cases:letter-paper", letter)
        assert "谢谢你救了我" in paper
        said = (
            "王立华",
            "立华",
            "李小雨",
            "第一医院",
            "13800001234",
            letter.case.patient.code,
            letter.case.donor.grid,
            other.name,
        )
        assert [word for word in said if word in paper] == []

    def test_is_not_wanted_by_the_donor_s_word_alone(self, client, given, letter):
        consent_text()
        assert post(client, "cases:wishes", given, letters="no").status_code == 302  # nobody need listen
        assert Consent.objects.get(purpose=Purpose.LETTERS).state == State.DECLINED

    def test_is_wanted_once_a_second_person_verified_the_word(self, client, given, letter, other):
        consent_text()
        assert post(client, "cases:wishes", given, letters="yes").status_code == 422  # nobody listened
        post(client, "cases:wishes", given, letters="yes", peer_talk="no", witness="林静")
        assert not letters.donor_wants_letters(given)

        consents.verify(Consent.objects.filter(purpose=Purpose.LETTERS), by=actor(other), at=NOW)

        assert letters.donor_wants_letters(given)
        assert Consent.objects.get(purpose=Purpose.PEER_TALK).state == State.DECLINED

    def test_goes_back_with_a_reason_and_no_further(self, client, letter):
        assert client.get(reverse("cases:letter-paper", args=[letter.pk])).status_code == 404
        post(client, "cases:letter-return", letter, reason="NOT_WANTED")

        assert (Letter.objects.get().state, Letter.objects.get().returned_reason) == (
            "RETURNED",
            "NOT_WANTED",
        )
        assert (
            "A colleague has taken this letter further"
            in post(client, "cases:letter-return", letter, reason="OTHER").content.decode()
        )
