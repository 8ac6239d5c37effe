"""From the first call to the final consent: what the donor of a match says, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from consent import actions as consents
from consent.forms import TeachBackAnswers
from consent.models import Consent
from consent.purposes import Purpose
from consent.states import State
from foundation import moves
from foundation.access import Role
from foundation.trail.models import TrailRow
from registry import signals
from registry.cases import actions, stages
from registry.cases.models import Attempt, CaseNote, HealthCheck, MatchCase, StageConsent, Talk
from registry.cases.states import CaseState
from registry.donors.models import Call, Donor
from registry.donors.states import DonorState
from tests.factories import consent as make
from tests.factories.cases import CaseFactory, agree
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.stages import session, signed, signing, well

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
A_DAY_AFTER_THE_TALK = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
ENGLISH = {"accept-language": "en"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return BranchFactory()


@pytest.fixture
def zhou(county):
    return StaffFactory(role=Role.CASEWORKER, branch=county)


def state_of(case: MatchCase) -> str:
    return MatchCase.objects.get(pk=case.pk).state


class TestTheWayToTheFinalConsent:
    def test_is_walked_on_the_pages(self, signed_in, county, zhou, time_machine):
        time_machine.move_to(NOW, tick=False)
        lin = StaffFactory(role=Role.COORDINATOR, branch=county)
        case = CaseFactory(branch=county, owner=zhou)
        consents.install_first_texts(by=make.TAKER, at=NOW)
        listed = signed_in(lin).get(reverse("cases:contacting"), headers=ENGLISH)
        assert reverse("cases:attempt", args=[case.pk]) in listed.content.decode()

        page = signed_in(zhou)
        self.is_reached(page, case)
        self.tells_of_the_family_and_is_well(page, case)
        self.agrees_to_typing(page, case)
        MatchCase.objects.filter(pk=case.pk).update(state=CaseState.WORKUP)
        self.is_told_of_the_donation(page, case)
        time_machine.move_to(A_DAY_AFTER_THE_TALK, tick=False)
        self.agrees_to_the_donation(signed_in(zhou), case, by=zhou, witness=lin)

    def is_reached(self, page, case):
        """The second call gets through, and the page says what to say in the donor's language."""
        attempt = reverse("cases:attempt", args=[case.pk])
        assert "一万个没有血缘关系的人里" in page.get(attempt, headers=ENGLISH).content.decode()
        page.post(attempt, {"number": "donor", "result": "NO_ANSWER"})
        assert state_of(case) == CaseState.CONTACTING
        page.post(attempt, {"number": "donor", "result": "REACHED", "after_match": "go_on"})
        assert state_of(case) == CaseState.REMOBILISED
        assert Call.objects.filter(kind="MATCH", result="REACHED").count() == 1
        assert Donor.objects.get(pk=case.donor_id).contact_verified_on == NOW.date()

    def tells_of_the_family_and_is_well(self, page, case):
        mother = {"relation": "PARENT", "stance": "UNSURE", "told_on": "2026-11-19", "weighs": "on"}
        page.post(reverse("cases:family", args=[case.pk]), mother | {"contact": "1", "name": "周兰"})
        assert MatchCase.objects.get(pk=case.pk).stance_at == NOW
        assert case.donor.contacts.get(order=1).stance == "UNSURE"
        page.post(reverse("cases:health-check", args=[case.pk]), well(case))
        assert HealthCheck.objects.get().verdict == "FIT"

    def agrees_to_typing(self, page, case):
        consent = reverse("cases:consent", args=[case.pk, 2])
        answer = page.post(consent, signing(2, page=page.get(consent, headers=ENGLISH)), headers=ENGLISH)
        assert answer.status_code == 302, answer.context["form"].errors
        page.post(reverse("cases:advance", args=[case.pk, "agree"]))
        assert state_of(case) == CaseState.HR_AGREED

    def is_told_of_the_donation(self, page, case):
        """And is asked for the final consent a day later at the earliest."""
        talk = {"kind": "INFORMATION", "state": "HELD", "held_at": "2026-11-20T09:30", "words": "两小时"}
        page.post(reverse("cases:talk", args=[case.pk]), talk, headers=ENGLISH)
        early = page.get(reverse("cases:consent", args=[case.pk, 3]), headers=ENGLISH)
        assert "at least 24 hours after the information talk" in early.content.decode()

    def agrees_to_the_donation(self, page, case, *, by, witness):
        """Before a witness who has no part in it."""
        final = reverse("cases:consent", args=[case.pk, 3])
        data = signing(3, page=page.get(final, headers=ENGLISH)) | {"read_back": "on"}
        refused = page.post(final, data | {"witness_login": str(by.pk)}, headers=ENGLISH)
        assert refused.status_code == 422
        answer = page.post(final, data | {"witness_login": str(witness.pk)}, headers=ENGLISH)
        assert answer.status_code == 302, answer.context["form"].errors

        case = MatchCase.objects.get(pk=case.pk)
        session = StageConsent.objects.get(stage=3)
        assert case.final_consent_at == A_DAY_AFTER_THE_TALK
        assert (session.read_back, session.witness_id) == (True, str(witness.pk))
        given = Consent.objects.filter(matter=str(case.pk), state=State.ACTIVE)
        assert set(given.values_list("purpose", flat=True)) == {
            "verification_typing", "donation_final", "share_hospital",
        }  # fmt: skip
        missing = moves.missing(case, "schedule", by=actor(by), at=case.final_consent_at) or []
        assert "The final consent" not in " ".join(map(str, missing))
        shown = page.get(reverse("cases:detail", args=[case.pk]), headers=ENGLISH).content.decode()
        assert "In force" in shown


class TestTheFinalConsent:
    @pytest.fixture
    def case(self, county, zhou):
        return CaseFactory(
            state=CaseState.WORKUP, branch=county, owner=zhou, talked_at=NOW - timedelta(hours=24)
        )

    def test_is_refused_a_minute_early_and_taken_after_a_day(self, case, zhou):
        by, minute = actor(zhou), timedelta(minutes=1)
        with pytest.raises(moves.Refused):
            actions.agree_to_stage(case, 3, signed(3), session(3), by=by, at=NOW - minute)
        assert not Consent.objects.filter(matter=str(case.pk)).exists()

        actions.agree_to_stage(case, 3, signed(3), session(3), by=by, at=NOW)

        assert MatchCase.objects.get(pk=case.pk).final_consent_at == NOW

    @pytest.mark.parametrize("whose", ["taker", "owner", "patient_officer", "companion", "nobody", "unknown"])
    def test_asks_for_a_witness_who_has_no_part_in_it(self, case, county, zhou, whose):
        other = StaffFactory(role=Role.CASEWORKER, branch=county)
        taker = StaffFactory(role=Role.CASEWORKER, branch=county)
        MatchCase.objects.filter(pk=case.pk).update(
            owner=zhou, patient_officer=other if whose != "companion" else None,
            companion=other if whose == "companion" else None,
        )  # fmt: skip
        witness = {"taker": taker, "owner": zhou}.get(whose, other)
        logins = {"nobody": "", "unknown": "0190f5ea-0000-7000-8000-000000000000"}
        said = session(3, witness="", witness_id=logins.get(whose, str(witness.pk)))

        with pytest.raises(moves.Refused) as refused:
            actions.agree_to_stage(case, 3, signed(3), said, by=actor(taker), at=NOW)
        assert len(refused.value.sentences) == 1

    @pytest.mark.parametrize(
        "lacks",
        [{"checklist": ["voluntary"]}, {"read_back": False}, {"witness": " "}],
        ids=lambda one: next(iter(one)),
    )
    def test_lacks_nothing_that_belongs_to_it(self, case, zhou, lacks):
        with pytest.raises(moves.Refused):
            actions.agree_to_stage(case, 3, signed(3), session(3, **lacks), by=actor(zhou), at=NOW)
        assert MatchCase.objects.get(pk=case.pk).final_consent_at is None

    @pytest.mark.parametrize("asked", ["nothing", "no question", "answered otherwise"])
    def test_is_asked_back_before_it_is_taken(self, case, zhou, asked):
        told = signed(3)
        otherwise = dict.fromkeys(told.teach_back.answers, "no idea")
        answers = otherwise if asked == "answered otherwise" else {}
        back = None if asked == "nothing" else TeachBackAnswers(answers, explained=False)
        said = replace(told, teach_back=back)
        with pytest.raises(moves.Refused) as refused:
            actions.agree_to_stage(case, 3, said, session(3), by=actor(zhou), at=NOW)
        assert len(refused.value.sentences) == 1

    def test_may_be_answered_otherwise_and_talked_through(self, case, zhou):
        told = signed(3)
        otherwise = dict.fromkeys(told.teach_back.answers, "no idea")
        said = replace(told, teach_back=TeachBackAnswers(otherwise, explained=True))

        actions.agree_to_stage(case, 3, said, session(3), by=actor(zhou), at=NOW)

        assert not case.donor.subject.teach_backs.get().all_right

    def test_needs_the_hospital_to_know_the_name_and_is_asked_once_the_hospital_decided(self, case, zhou):
        alone = signed(3, given={Purpose.DONATION_FINAL})
        with pytest.raises(moves.Refused):
            actions.agree_to_stage(case, 3, alone, session(3), by=actor(zhou), at=NOW)
        MatchCase.objects.filter(pk=case.pk).update(state=CaseState.TC_DECISION)
        with pytest.raises(moves.Refused):
            actions.agree_to_stage(case, 3, signed(3), session(3), by=actor(zhou), at=NOW)

    def test_keeps_the_name_of_a_witness_from_outside_sealed_and_off_the_trail(self, case, zhou):
        row = actions.agree_to_stage(case, 3, signed(3), session(3), by=actor(zhou), at=NOW)

        assert "护士长" not in str(StageConsent.objects.filter(pk=row.pk).values("witness", "witness_id"))
        assert not any("护士长" in str(line.__dict__) for line in TrailRow.objects.all())

    def test_lets_talking_with_others_outlast_the_match(self, case, zhou):
        given = {*stages.NEEDED[3], Purpose.PEER_TALK, Purpose.LETTERS}
        actions.agree_to_stage(case, 3, signed(3, given=given), session(3), by=actor(zhou), at=NOW)

        matters = dict(Consent.objects.filter(subject=case.donor.subject_id).values_list("purpose", "matter"))
        assert matters["peer_talk"] == ""
        assert matters["letters"] == str(case.pk)


class TestAConsentThatIsTakenBack:
    @pytest.mark.parametrize(("state", "called"), [(CaseState.SCHEDULED, 0), (CaseState.CONDITIONING, 1)])
    def test_shuts_the_guards_and_calls_people_in_the_red_zone(self, county, zhou, state, called):
        case = CaseFactory(state=state, branch=county, owner=zhou)
        agree(case, Purpose.DONATION_FINAL)
        heard = []
        signals.case_endangered.connect(
            lambda **more: heard.append(more["people"]), weak=False, dispatch_uid="test"
        )
        try:
            gone = Consent.objects.get(purpose=Purpose.DONATION_FINAL)
            consents.withdraw(gone, by=actor(zhou), at=NOW)
        finally:
            signals.case_endangered.disconnect(dispatch_uid="test")

        assert CaseNote.objects.get(about="CONSENT_GONE").code == "donation_final"
        assert len(heard) == called
        missing = moves.missing(case, "condition", by=actor(zhou), at=NOW) or []
        assert state != CaseState.SCHEDULED or any(
            "final consent" in str(one) or "捐献" in str(one) for one in missing
        )


class TestTheHealthCheck:
    def test_goes_to_the_reviewer_who_alone_says_that_it_is_for_good(self, signed_in, county, zhou):
        case = CaseFactory(state=CaseState.REMOBILISED, branch=county, fit_at=NOW)
        doctor = StaffFactory(role=Role.MEDICAL_REVIEWER, branch=county)
        colleague = StaffFactory(role=Role.CASEWORKER, branch=county)

        actions.record_check(case, well(case, heart="yes"), by=actor(zhou), at=NOW, words="心脏手术")
        assert HealthCheck.objects.get().verdict == "ASK"
        assert MatchCase.objects.get(pk=case.pk).fit_at is None
        url = reverse("cases:health-review", args=[case.pk])
        read = signed_in(doctor).get(url).content.decode()
        assert "心脏手术" in read
        assert signed_in(colleague).get(url).status_code == 403
        page = signed_in(colleague).get(reverse("cases:detail", args=[case.pk])).content.decode()
        assert "心脏手术" not in page
        own = signed_in(zhou).get(reverse("cases:detail", args=[case.pk])).content.decode()
        assert "心脏手术" in own

        signed_in(doctor).post(url, {"verdict": "FIT", "reason": "", "words": ""})
        assert MatchCase.objects.get(pk=case.pk).fit_at is not None

    def test_takes_no_reason_that_belongs_to_another_verdict(self, county, zhou):
        case = CaseFactory(state=CaseState.REMOBILISED, branch=county)
        doctor = actor(StaffFactory(role=Role.MEDICAL_REVIEWER, branch=county))
        actions.record_check(case, well(case, tattoo="yes"), by=actor(zhou), at=NOW)

        with pytest.raises(moves.Refused):
            actions.review_check(case, verdict="PERMANENT", reason="MR_T_ILLNESS", by=doctor, at=NOW)

    def test_is_not_overruled_by_asking_anew_where_the_reviewer_found_something(self, county, zhou):
        case = CaseFactory(state=CaseState.REMOBILISED, branch=county)
        doctor = actor(StaffFactory(role=Role.MEDICAL_REVIEWER, branch=county))
        actions.record_check(case, well(case, heart="yes"), by=actor(zhou), at=NOW)
        assert actions.record_check(case, well(case), by=actor(zhou), at=NOW).verdict == "ASK"
        actions.review_check(case, verdict="PERMANENT", reason="MR_P_CARDIO", by=doctor, at=NOW)

        for _ in range(2):
            assert actions.record_check(case, well(case), by=actor(zhou), at=NOW).verdict == "ASK"

        assert MatchCase.objects.get(pk=case.pk).fit_at is None
        actions.review_check(case, verdict="FIT", by=doctor, at=NOW)
        assert MatchCase.objects.get(pk=case.pk).fit_at == NOW
        actions.record_check(case, well(case, weight_kg="40"), by=actor(zhou), at=NOW)
        assert actions.record_check(case, well(case), by=actor(zhou), at=NOW).verdict == "FIT"


class TestTheFamily:
    def test_is_not_known_by_somebody_who_was_not_asked_yet(self, county, zhou):
        case = CaseFactory(state=CaseState.REMOBILISED, branch=county)
        father = actions.View(relation="PARENT", stance="NOT_ASKED")
        mother = actions.View(relation="PARENT", stance="SUPPORTS", told_on=NOW.date())

        row = actions.record_view(case, father, by=actor(zhou), at=NOW)
        assert MatchCase.objects.get(pk=case.pk).stance_at is None
        known = actions.record_view(case, mother, by=actor(zhou), at=NOW, replaces=row)
        assert MatchCase.objects.get(pk=case.pk).stance_at == NOW
        actions.record_view(case, father, by=actor(zhou), at=NOW, replaces=known)
        assert MatchCase.objects.get(pk=case.pk).stance_at is None


class TestReaching:
    def test_opens_a_colleagues_numbers_only_when_asked_and_names_who_did(self, signed_in, county, zhou):
        case = CaseFactory(branch=county, owner=StaffFactory(role=Role.CASEWORKER, branch=county))
        url = reverse("cases:attempt", args=[case.pk])
        client = signed_in(zhou)

        assert "tel:" not in client.get(url).content.decode()
        assert "tel:" in client.post(url, {"open": "1", "reason": "reach"}).content.decode()
        assert TrailRow.objects.filter(verb="case.numbers_viewed").count() == 1

    def test_is_tried_by_nobody_for_a_match_that_waits(self, county, zhou):
        case = CaseFactory(state=CaseState.WAITING, branch=county)
        with pytest.raises(moves.Refused):
            actions.call(case, result="REACHED", answers={"after_match": "go_on"}, by=actor(zhou), at=NOW)
        assert not Attempt.objects.exists()

    def test_of_a_wrong_number_stands_on_the_donors_record(self, county, zhou):
        case = CaseFactory(branch=county)
        actions.call(case, result="NO_SUCH_NUMBER", by=actor(zhou), at=NOW)

        assert Attempt.objects.get().result == "NO_SUCH_NUMBER"
        assert Donor.objects.get(pk=case.donor_id).phone_wrong_on == NOW.date()

    def test_leads_who_leaves_to_the_withdrawal(self, signed_in, county, zhou):
        case = CaseFactory(branch=county, owner=zhou)
        said = {"number": "donor", "result": "REACHED", "after_match": "leave"}

        answer = signed_in(zhou).post(reverse("cases:attempt", args=[case.pk]), said)

        assert answer.url == reverse("donors:withdraw", args=[case.donor_id])
        assert state_of(case) == CaseState.CONTACTING

    def test_shows_coordinators_no_match_beyond_contact_and_no_code_of_the_patient(self, signed_in, county):
        lin = StaffFactory(role=Role.COORDINATOR, branch=county)
        near = CaseFactory(branch=county)
        far = CaseFactory(state=CaseState.HR_LAB, branch=county)
        elsewhere = CaseFactory()
        client = signed_in(lin)

        listed = client.get(reverse("cases:contacting")).content.decode()

        assert str(near.pk) in listed
        assert near.patient.code not in listed
        assert str(far.pk) not in listed
        assert str(elsewhere.pk) not in listed
        for other in (far, elsewhere):
            assert client.get(reverse("cases:attempt", args=[other.pk])).status_code == 404


class TestPeers:
    def test_are_former_donors_who_agreed_by_their_first_name_alone(self, signed_in, county, zhou):
        case = CaseFactory(state=CaseState.REMOBILISED, branch=county)
        ming, silent = (
            DonorFactory(state=DonorState.DONATED, branch=county, about={"name": name})
            for name in ("欧阳晓明", "赵沉默")
        )
        agree(CaseFactory(state=CaseState.DONATED, donor=ming), Purpose.PEER_TALK)
        client, url = signed_in(zhou), reverse("cases:peers", args=[case.pk])

        page = client.get(url).content.decode()
        assert "晓明" in page
        assert "欧阳" not in page
        assert "沉默" not in page
        assert ming.grid not in page
        assert client.post(url, {"peer": str(silent.pk)}).status_code == 404
        client.post(url, {"peer": str(ming.pk)})

        talk = Talk.objects.get()
        assert (talk.kind, talk.peer_id, talk.state) == ("PEER", ming.pk, "OFFERED")
        actions.settle_talk(talk, held=True, by=actor(zhou), at=NOW + timedelta(days=1), words="聊了半小时")
        assert Talk.objects.get().state == "HELD"
