"""A donor withdraws after conditioning began: never refused, and everybody of the match is called at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from consent import actions as consents
from consent.models import Consent
from consent.purposes import Purpose
from foundation import vault
from foundation.access import BranchKind, Role, named
from foundation.moves import stops
from foundation.moves.models import StopDue
from foundation.trail import Actor, ActorKind
from notifications import channels, paging
from notifications.channel_names import Channel
from notifications.paging import actions as pages
from notifications.paging import endangered, numbers, queries, sending, tending
from notifications.paging.models import Alarm
from registry.cases import actions, called, receivers
from registry.cases.models import Exit, MatchCase
from registry.cases.states import RED_ZONE, CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor, Withdrawal, WithdrawalLine, Word
from registry.donors.queries import receipt_of
from registry.donors.states import DonorState
from tests.factories.cases import CaseFactory, agree
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.wordings import install

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 20, 18, 14, tzinfo=UTC)  # 02:14 in China
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Return what leaves by text and by e-mail: way, address, words."""
    install()
    kept: list[tuple[str, str, str]] = []

    def line(channel: str) -> channels.Transport:
        def send(message: Any, rendered: Any, address: str, recipient: Any) -> channels.Receipt:
            kept.append((channel, address, f"{rendered.subject} {rendered.text}"))
            return channels.Receipt()

        return channels.Transport(send)

    for channel in (Channel.SMS, Channel.EMAIL):
        monkeypatch.setitem(channels.handing_over._transports, channel, line(channel))
    return kept


@pytest.fixture
def people() -> dict[str, Any]:
    """Officers of both sides, a companion, doctors of both hospitals, who is on duty; each with a number."""
    county = BranchFactory()
    hospital = BranchFactory(kind=BranchKind.HOSPITAL)
    ward = BranchFactory(kind=BranchKind.HOSPITAL)
    found = {
        "owner": StaffFactory(role=Role.REGISTRY_MANAGER, branch=county),
        "patient_officer": StaffFactory(role=Role.REGISTRY_MANAGER, branch=county),
        "companion": StaffFactory(role=Role.COMPANION, branch=county),
        "transplant": StaffFactory(role=Role.TRANSPLANT_HOSPITAL, branch=hospital),
        "collection": StaffFactory(role=Role.COLLECTION_HOSPITAL, branch=ward),
        "duty": StaffFactory(role=Role.CASEWORKER, branch=county),
    }
    for number, staff in enumerate(found.values()):
        numbers.keep_number(staff, f"+861380013800{number}", by=actor(staff), at=NIGHT)
    pages.put_on_duty(
        found["duty"], county, place=1, starts_at=NIGHT - 60 * MINUTE, ends_at=NIGHT + 600 * MINUTE,
        by=actor(found["duty"]), at=NIGHT,
    )  # fmt: skip
    return {**found, "county": county, "hospital": hospital, "ward": ward}


def case_of(people: dict[str, Any], state: str) -> MatchCase:
    case = CaseFactory(
        state=state, branch=people["county"], owner=people["owner"], companion=people["companion"],
        patient_officer=people["patient_officer"], transplant_hospital=people["hospital"],
        collection_hospital=people["ward"],
    )  # fmt: skip
    for one in ("transplant", "collection", "companion"):
        named.add(people[one], case)
    agree(case, Purpose.DONATION_FINAL)
    return case


def withdraw(case: MatchCase, word: Word, by: Any) -> None:
    facts = ["document", "phone"] if word == Word.STAFF_TWO_FACTS else []
    donors.withdraw(case.donor, by=by, at=NIGHT, word=word, facts=facts, reason="PR_FEAR_HEALTH")


def broken(*_: Any, **__: Any) -> None:
    raise OSError


def everybody(people: dict[str, Any]) -> set[str]:
    return {one.username for name, one in people.items() if name not in {"county", "hospital", "ward"}}


class TestAWithdrawalAfterConditioning:
    @pytest.mark.parametrize("state", RED_ZONE)
    @pytest.mark.parametrize("word", [Word.STAFF_TWO_FACTS, Word.LINK])
    def test_calls_everybody_by_every_way_at_once(self, people, sent, state, word):
        case = case_of(people, state)
        by = actor(people["owner"]) if word == Word.STAFF_TWO_FACTS else subject_actor(case)

        withdraw(case, word, by)

        assert Donor.objects.get().state == DonorState.WITHDRAWN
        assert MatchCase.objects.get().state == CaseState.CLOSED
        assert Exit.objects.get().regret == "R4"
        alarm = Alarm.objects.get()
        assert alarm.kind == endangered.ENDANGERED
        assert {call.staff.username for call in alarm.calls.all()} == everybody(people)
        sending.send_due(at=NIGHT)
        assert len([one for one in sent if one[0] == Channel.SMS]) == 6
        assert len([one for one in sent if one[0] == Channel.EMAIL]) == 6
        assert not any(case.patient.code in words or case.donor.grid in words for *_, words in sent)

    def test_says_on_the_receipt_who_was_called_and_who_answered(self, people, sent):
        case = case_of(people, CaseState.CONDITIONING)
        withdraw(case, Word.STAFF_TWO_FACTS, actor(people["owner"]))
        line = WithdrawalLine.objects.get(what=endangered.CALLED)
        assert (line.ok, line.count) == (True, 6)
        with translation.override("en"):
            said = called.since(case, NIGHT)
            assert f"{people['duty']} 11-21 02:14" in said
            assert "Nobody has answered yet." in said
            paging.acknowledge(Alarm.objects.get(), by=actor(people["transplant"]), at=NIGHT + MINUTE)
            assert f"{people['transplant']} sees to it since 11-21 02:15." in called.since(case, NIGHT)

    def test_says_that_nobody_was_called_until_somebody_is(self, people, sent, monkeypatch):
        case = case_of(people, CaseState.CONDITIONING)
        monkeypatch.setattr(pages, "page", broken)
        withdraw(case, Word.STAFF_TWO_FACTS, actor(people["owner"]))

        assert MatchCase.objects.get().state == CaseState.CLOSED
        assert not receipt_of(Withdrawal.objects.get())["all_stopped"]
        with translation.override("en"):
            assert called.since(case, NIGHT) == "Nobody was called yet."
        monkeypatch.undo()
        stops.try_again(at=NIGHT + 2 * MINUTE)

        assert Alarm.objects.get().calls.count() == 6
        assert receipt_of(Withdrawal.objects.get())["all_stopped"]

    def test_goes_on_until_one_person_answers_by_name(self, people, sent):
        case = case_of(people, CaseState.CONDITIONING)
        withdraw(case, Word.STAFF_TWO_FACTS, actor(people["owner"]))
        alarm = Alarm.objects.get()
        sending.send_due(at=NIGHT)
        sent.clear()

        tending.tend(at=NIGHT + 10 * MINUTE)
        sending.send_due(at=NIGHT + 10 * MINUTE)
        assert sent  # nobody said a word: they are called once more

        paging.acknowledge(alarm, by=actor(people["transplant"]), at=NIGHT + 11 * MINUTE)
        sent.clear()
        tending.tend(at=NIGHT + 40 * MINUTE)
        sending.send_due(at=NIGHT + 40 * MINUTE)
        assert sent == []
        paging.settle(alarm, by=actor(people["transplant"]), at=NIGHT + 50 * MINUTE)

    def test_stands_on_the_home_page_of_who_was_called_and_leads_to_the_match(self, people, signed_in):
        case = case_of(people, CaseState.COLLECTING)
        withdraw(case, Word.STAFF_TWO_FACTS, actor(people["owner"]))

        page = signed_in(people["transplant"]).get("/", headers={"accept-language": "en"}, follow=True)

        assert "A donor can no longer give" in page.content.decode()
        at = NIGHT + MINUTE
        assert str(case.pk) in queries.link(Alarm.objects.get(), people["owner"], at=at)
        assert "hospital" in queries.link(Alarm.objects.get(), people["transplant"], at=at)
        assert queries.link(Alarm.objects.get(), StaffFactory(role=Role.AUDITOR), at=at) == ""

    def test_is_never_held_back_by_an_alarm_that_fails_and_is_called_a_minute_later(
        self, people, monkeypatch
    ):
        case = case_of(people, CaseState.MOBILISING)
        with monkeypatch.context() as broken:
            broken.setattr(endangered.actions, "page", broken_line)
            withdraw(case, Word.STAFF_TWO_FACTS, actor(people["owner"]))
        assert MatchCase.objects.get().state == CaseState.CLOSED
        assert not Alarm.objects.exists()

        endangered.watch(at=NIGHT + MINUTE)

        assert Alarm.objects.get().calls.count() == 6

    def test_says_so_on_the_receipt_where_the_match_itself_was_ended_a_minute_later(
        self, people, monkeypatch
    ):
        case = case_of(people, CaseState.MOBILISING)
        with monkeypatch.context() as broken:
            broken.setattr(receivers.actions, "stop_for", broken_line)
            withdraw(case, Word.STAFF_TWO_FACTS, actor(people["owner"]))
        line = StopDue.objects.get(receiver__endswith="endangered.a_donor_withdrew")
        assert line.settled_at is None

        for minutes in (1, 2):  # in whatever order the two are tried
            stops.try_again(at=NIGHT + minutes * MINUTE)

        assert MatchCase.objects.get().state == CaseState.CLOSED
        assert StopDue.objects.get(pk=line.pk).settled_at is not None
        assert Alarm.objects.get().calls.count() == 6

    def test_calls_nobody_before_conditioning_nor_when_the_patient_s_side_stops(self, people):
        early = case_of(people, CaseState.SCHEDULED)
        withdraw(early, Word.STAFF_TWO_FACTS, actor(people["owner"]))
        late = case_of(people, CaseState.CONDITIONING)
        actions.close(late, outcome="PDC", by=actor(people["owner"]), at=NIGHT)
        endangered.watch(at=NIGHT + MINUTE)
        assert not Alarm.objects.exists()

    def test_calls_all_again_where_somebody_sees_to_an_earlier_alarm(self, people, sent):
        case = case_of(people, CaseState.CONDITIONING)
        doctor, before = actor(people["collection"]), NIGHT - 180 * MINUTE
        actions.record_finding(case, kind="EXAMINATION", on=before.date(), fit=False, by=doctor, at=before)
        alarm = Alarm.objects.get()
        sending.send_due(at=before)
        paging.acknowledge(alarm, by=actor(people["transplant"]), at=before + MINUTE)
        sent.clear()

        withdraw(case, Word.STAFF_TWO_FACTS, actor(people["owner"]))

        again = Alarm.objects.get()
        assert (again.acknowledged_at, again.raised_at, again.round) == (None, NIGHT, 2)
        sending.send_due(at=NIGHT)
        assert len([one for one in sent if one[0] == Channel.SMS]) == 6


class TestWhatElseEndangersAPatient:
    def test_is_called_a_minute_later_where_the_alarm_failed_and_once(self, people, monkeypatch):
        case = case_of(people, CaseState.CONDITIONING)
        with monkeypatch.context() as broken:
            broken.setattr(endangered.actions, "page", broken_line)
            actions.record_finding(
                case, kind="MARKERS", on=NIGHT.date(), fit=None, by=actor(people["collection"]), at=NIGHT
            )
        assert not Alarm.objects.exists()

        endangered.watch(at=NIGHT + MINUTE)
        alarm = Alarm.objects.get()
        paging.acknowledge(alarm, by=actor(people["transplant"]), at=NIGHT + 2 * MINUTE)
        paging.settle(alarm, by=actor(people["transplant"]), at=NIGHT + 3 * MINUTE)
        endangered.watch(at=NIGHT + 4 * MINUTE)

        assert Alarm.objects.get().round == 1

    def test_a_death_that_is_reported_calls_everybody_and_a_mistake_ends_it(self, people):
        case = case_of(people, CaseState.MOBILISING)

        vault.report_dead(case.donor.subject, by=actor(people["owner"]), at=NIGHT)

        assert Alarm.objects.get().calls.count() == 6
        donors.lift_death_report(case.donor, by=actor(people["owner"]), at=NIGHT + MINUTE)
        tending.tend(at=NIGHT + 2 * MINUTE)
        assert Alarm.objects.get().over_why == "no_longer"

    def test_a_finding_that_is_not_fit_lifts_the_clearance_and_calls_everybody(self, people):
        case = case_of(people, CaseState.CONDITIONING)
        doctor = actor(people["collection"])

        actions.record_finding(case, kind="EXAMINATION", on=NIGHT.date(), fit=False, by=doctor, at=NIGHT)

        assert MatchCase.objects.get().cleared_at is None
        assert Alarm.objects.get().calls.count() == 6

    def test_a_case_closed_by_hand_for_the_donor_s_side_calls_everybody(self, people):
        case = case_of(people, CaseState.CONDITIONING)
        actions.close(case, outcome="PR_AMBIVALENT", by=actor(people["owner"]), at=NIGHT)
        assert Alarm.objects.get().calls.count() == 6

    def test_the_final_consent_alone_taken_back_calls_everybody(self, people):
        case_of(people, CaseState.CONDITIONING)
        consent = Consent.objects.get(purpose=Purpose.DONATION_FINAL)
        consents.withdraw(consent, by=actor(people["owner"]), at=NIGHT)
        assert MatchCase.objects.get().state == CaseState.CONDITIONING
        assert Alarm.objects.get().calls.count() == 6


def subject_actor(case: MatchCase) -> Actor:
    return Actor(ActorKind.SUBJECT, str(case.donor.subject_id))


def broken_line(*_: Any, **__: Any) -> None:
    raise OSError("no line")
