"""A person gives consent: on the screen, on paper, before a witness; and takes it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from consent import actions, evidence, gate, queries
from consent.evidence import EvidenceProblem
from consent.forms import TeachBackAnswers
from consent.models import Consent, Evidence, TeachBack
from consent.purposes import CORE, Purpose, Use
from consent.signals import withdrawn
from consent.states import EvidenceKind, State
from foundation import moves, vault
from foundation.access import Role
from foundation.moves import Step
from foundation.trail.models import TrailRow
from foundation.vault import Erased
from tests.factories import consent as make
from tests.factories.consent import SIGNED_AT, TAKER, ConsentFactory, drawn, jpeg, sign, subject
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
LATER = SIGNED_AT + timedelta(days=3)


def states(person):
    return dict(person.consents.values_list("purpose", "state"))


@pytest.fixture
def county(db):
    return BranchFactory()


@pytest.fixture
def coordinator(county):
    return actor(StaffFactory(branch=county))


@pytest.fixture
def caseworker(county):
    return actor(StaffFactory(role=Role.CASEWORKER, branch=county.parent))


class TestSigningOnTheScreen:
    def test_is_in_force_at_once(self, county, coordinator):
        person = subject(county)

        sign(person, by=coordinator)

        assert set(states(person).values()) == {State.ACTIVE}
        assert set(states(person)) == {*CORE, Purpose.CONTACT_PHONE}

    def test_leaves_a_step_and_a_trail_row_for_each_purpose(self, county, coordinator):
        person = subject(county)

        consents = sign(person, by=coordinator)

        assert Step.objects.filter(object_id__in=[one.pk for one in consents]).count() == len(consents)
        assert TrailRow.objects.filter(verb="consent.sign_on_screen").count() == len(consents)

    def test_waits_where_nobody_saw_the_document(self):
        person = subject()

        sign(person, proof=drawn(document_seen=False))

        assert set(states(person).values()) == {State.SIGNED}

    def test_keeps_the_signatures_sealed(self):
        person = subject()

        sign(person)

        (proof,) = person.evidence.all()
        assert vault.open_one(proof, "content")["content"].startswith(b'{"contact"')
        assert b"iVBOR" not in bytes(Evidence.objects.get().content.blob)

    def test_keeps_them_unreadable_after_erasure(self):
        person = subject()
        sign(person)

        vault.erase(person, by=TAKER, at=LATER)

        assert isinstance(vault.open_one(Evidence.objects.get(), "content")["content"], Erased)

    def test_needs_every_place_signed(self):
        with pytest.raises(EvidenceProblem) as refused:
            sign(subject(), proof=evidence.drawn({"register": make.png()}))

        assert refused.value.sentences
        assert not Consent.objects.exists()

    def test_refuses_an_empty_drawing(self):
        with pytest.raises(EvidenceProblem):
            evidence.drawn({"register": make.png(drawn=False)})

    def test_keeps_the_noes_too(self):
        person = subject()

        sign(person, declined=[Purpose.CONTACT_SMS])

        assert states(person)[Purpose.CONTACT_SMS] == State.DECLINED

    def test_remembers_the_very_words(self):
        person = subject()

        (consent, *_) = sign(person)

        body = consent.text.bodies.get(language="zh-hans")
        assert consent.text_sha256 == body.sha256

    def test_replaces_an_earlier_one(self):
        person = subject()
        sign(person)

        sign(person, at=LATER)

        assert person.consents.filter(state=State.SUPERSEDED).count() == 6
        assert person.consents.filter(state=State.ACTIVE).count() == 6

    def test_is_for_who_may(self, county):
        laboratory = actor(StaffFactory(role=Role.LABORATORY, branch=county))

        with pytest.raises(moves.NotAllowed):
            sign(subject(county), by=laboratory)

    def test_refuses_a_purpose_that_the_text_does_not_ask_for(self):
        with pytest.raises(moves.Refused):
            sign(subject(), given=[Purpose.RESEARCH])

    def test_keeps_what_was_answered_when_asked_back(self):
        sign(subject(), teach_back=TeachBackAnswers({"change_mind": "never"}, explained=True))

        assert not TeachBack.objects.get().all_right


class TestSigningOnPaper:
    def test_waits_for_a_second_person(self):
        person = subject()

        sign(person, proof=evidence.paper())

        assert set(states(person).values()) == {State.SIGNED}
        assert not gate.allows(person, Purpose.HLA_TYPING)
        assert gate.allows(person, Purpose.HLA_TYPING, at_least=State.SIGNED)

    def test_shows_as_evidence_missing_until_the_scan_is_there(self, county):
        person = subject(county)
        sign(person, proof=evidence.paper())
        assert queries.section(person.pk).evidence_missing
        assert queries.evidence_missing_of([person.pk]) == {person.pk}

        actions.attach_scan(person, jpeg(), by=TAKER, at=LATER)

        assert not queries.section(person.pk).evidence_missing

    def test_cannot_be_verified_without_the_scan(self, county, coordinator, caseworker):
        consents = sign(subject(county), proof=evidence.paper(), by=coordinator)

        with pytest.raises(moves.Refused) as refused:
            actions.verify(consents, by=caseworker, at=LATER)

        with translation.override("en"):
            assert "scan" in str(refused.value.sentences[0])

    def test_is_in_force_once_a_second_person_has_seen_it(self, county, coordinator, caseworker):
        person = subject(county)
        consents = sign(person, proof=evidence.paper(), by=coordinator)
        actions.attach_scan(person, jpeg(), by=coordinator, at=LATER)

        actions.verify(consents, by=caseworker, at=LATER)

        assert set(states(person).values()) == {State.ACTIVE}
        assert {one.verified_by_id for one in person.consents.all()} == {caseworker.id}

    def test_is_never_verified_by_who_took_it(self, county, caseworker):
        person = subject(county)
        consents = sign(person, proof=evidence.paper(), by=caseworker)
        actions.attach_scan(person, jpeg(), by=caseworker, at=LATER)

        with pytest.raises(moves.Refused):
            actions.verify(consents, by=caseworker, at=LATER)

    def test_leaves_an_older_one_in_force_until_it_is_verified(self, county, coordinator, caseworker):
        person = subject(county)
        sign(person, by=coordinator)
        paper = sign(person, proof=evidence.paper(), by=coordinator, at=LATER)
        assert person.consents.filter(state=State.ACTIVE).count() == 6
        actions.attach_scan(person, jpeg(), by=coordinator, at=LATER)

        actions.verify(paper, by=caseworker, at=LATER)

        assert person.consents.filter(state=State.ACTIVE).count() == 6
        assert person.consents.filter(state=State.SUPERSEDED).count() == 6

    def test_comes_back_when_the_scan_is_sent_back(self, county, coordinator, caseworker):
        person = subject(county)
        sign(person, proof=evidence.paper(), by=coordinator)
        proof = actions.attach_scan(person, jpeg(), by=coordinator, at=LATER)

        actions.return_scan(proof, because="unreadable", by=caseworker, at=LATER)

        assert queries.section(person.pk).evidence_missing
        assert actions.attach_scan(person, jpeg(), by=coordinator, at=LATER).returned_at is None


class TestSayingYesBeforeAWitness:
    def test_waits_for_a_second_person_and_needs_no_scan(self, county, coordinator, caseworker):
        proof = evidence.NewEvidence(EvidenceKind.WITNESSED_WORD, witness="王芳")
        consents = sign(subject(county), proof=proof, by=coordinator)
        assert {one.state for one in consents} == {State.SIGNED}

        assert {one.state for one in actions.verify(consents, by=caseworker, at=LATER)} == {State.ACTIVE}

    def test_refuses_the_taker_as_witness(self, county, coordinator):
        proof = evidence.NewEvidence(EvidenceKind.WITNESSED_WORD, witness_id=coordinator.id)

        with pytest.raises(EvidenceProblem):
            sign(subject(county), proof=proof, by=coordinator)


class TestTakingOver:
    def test_stands_on_the_text_that_nobody_knows(self):
        make.text()
        person = subject()

        consents = actions.take_over(person, box="A-12", by=TAKER, at=SIGNED_AT)

        assert {one.text.version for one in consents} == {0}
        assert states(person) == dict.fromkeys([*CORE, Purpose.CONTACT_PHONE], State.ACTIVE)


class TestWithdraw:
    def test_shuts_the_gate_in_the_same_moment(self, county, coordinator):
        consent = ConsentFactory(subject=subject(county), purpose=Purpose.CONTACT_PHONE)

        actions.withdraw(consent, by=coordinator, at=LATER)

        assert not gate.allows(consent.subject, Purpose.CONTACT_PHONE)
        assert Consent.objects.get().withdrawn_at == LATER

    def test_tells_the_rooms_above(self):
        heard = []

        def receiver(**told):
            heard.append((told["consent"].purpose, told["whole"]))

        withdrawn.connect(receiver)
        try:
            actions.withdraw(ConsentFactory(), by=TAKER, at=LATER)
        finally:
            withdrawn.disconnect(receiver)

        assert heard == [(Purpose.REGISTER_HPC, False)]

    def test_commits_although_a_room_above_fails(self):
        def receiver(**told):
            raise RuntimeError

        withdrawn.connect(receiver)
        try:
            stopped = actions.withdraw(ConsentFactory(), by=TAKER, at=LATER)
        finally:
            withdrawn.disconnect(receiver)

        assert Consent.objects.get().state == State.WITHDRAWN
        assert [stop.ok for stop in stopped] == [False]

    def test_reaches_a_paper_that_nobody_has_verified(self):
        actions.withdraw(ConsentFactory(state=State.SIGNED), by=TAKER, at=LATER)

        assert Consent.objects.get().state == State.WITHDRAWN

    def test_of_all_leaves_nothing_standing(self, county, coordinator):
        person = subject(county)
        sign(person, by=coordinator)

        gone = actions.withdraw_all(person, by=coordinator, at=LATER)

        assert len(gone) == 6
        assert set(states(person).values()) == {State.WITHDRAWN}
        assert actions.withdraw_all(person, by=coordinator, at=LATER) == []

    def test_can_be_undone_when_it_was_somebody_elses(self, county, coordinator):
        person = subject(county)
        sign(person, by=coordinator)
        gone = actions.withdraw_all(person, by=coordinator, at=LATER)

        actions.restore(gone, by=coordinator, at=LATER)

        assert set(states(person).values()) == {State.ACTIVE}
        assert not person.consents.filter(withdrawn_at__isnull=False).exists()


class TestSayingNoLater:
    def test_takes_back_what_stood(self, county, coordinator):
        person = subject(county)
        sign(person, given=[*CORE, Purpose.CONTACT_PHONE, Purpose.CONTACT_SMS], by=coordinator)

        sign(
            person, given=[*CORE, Purpose.CONTACT_PHONE], declined=[Purpose.CONTACT_SMS],
            by=coordinator, at=LATER,
        )  # fmt: skip

        assert not gate.allows(person, Purpose.CONTACT_SMS)
        assert person.consents.filter(state=State.WITHDRAWN).get().purpose == Purpose.CONTACT_SMS


class TestGate:
    def test_is_shut_for_a_use_that_the_text_does_not_list(self):
        consent = ConsentFactory(purpose=Purpose.SHARE_REGISTRY)

        assert gate.allows(consent.subject, Purpose.SHARE_REGISTRY, use=Use.NATIONAL_REGISTRY)
        assert not gate.allows(consent.subject, Purpose.SHARE_REGISTRY, use="show_abroad")

    def test_says_why_in_a_sentence(self):
        with pytest.raises(gate.GateShut) as shut:
            gate.require(subject(), Purpose.HLA_TYPING)

        assert shut.value.sentences

    def test_asks_anew_for_another_matter(self):
        person = subject()
        sign(person, matter="case-1")

        assert gate.allows(person, Purpose.REGISTER_HPC, matter="case-1")
        assert not gate.allows(person, Purpose.REGISTER_HPC, matter="case-2")

    def test_answers_for_many_in_one_query(self, django_assert_num_queries):
        people = [subject() for _ in range(3)]
        for person in people[:2]:
            sign(person)

        with django_assert_num_queries(1):
            allowed = gate.allows_many([one.pk for one in people], Purpose.HLA_TYPING)

        assert allowed == {one.pk for one in people[:2]}


class TestExpiring:
    def test_ends_what_was_given_for_a_time(self):
        person = subject()
        sign(person, given=[Purpose.CONTACT_PHONE], ends_on=date(2026, 11, 2))

        assert actions.expire_due(by=TAKER, at=LATER) == 1
        assert actions.expire_due(by=TAKER, at=LATER) == 0
        assert states(person) == {Purpose.CONTACT_PHONE: State.EXPIRED}


class TestDisclose:
    def test_writes_a_line_under_the_consent(self):
        consent = ConsentFactory(purpose=Purpose.SHARE_REGISTRY)

        actions.disclose(
            [consent.subject_id],
            to="CMDP",
            fields=["grid"],
            purpose=Purpose.SHARE_REGISTRY,
            by=TAKER,
            at=LATER,
        )

        (line,) = queries.disclosures_of(consent.subject_id)
        assert (line.recipient, line.consent_id) == ("CMDP", consent.pk)

    def test_writes_nothing_when_one_has_not_agreed(self):
        consent = ConsentFactory(purpose=Purpose.SHARE_REGISTRY)

        with pytest.raises(gate.GateShut):
            actions.disclose(
                [consent.subject_id, subject().pk],
                to="CMDP", fields=["grid"], purpose=Purpose.SHARE_REGISTRY, by=TAKER, at=LATER,
            )  # fmt: skip

        assert not queries.disclosures_of(consent.subject_id).exists()


class TestTheDatabase:
    def refuses(self, consent, **columns):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consent.objects.filter(pk=consent.pk).update(**columns)

    def test_holds_one_in_force_per_purpose_and_matter(self):
        person = subject()
        first = ConsentFactory(subject=person)
        actions.withdraw(first, by=TAKER, at=LATER)
        second = ConsentFactory(subject=person)
        assert second.state == State.ACTIVE

        self.refuses(first, state=State.ACTIVE, withdrawn_at=None, withdrawn_from="")

    def test_holds_one_to_verify(self):
        person = subject()
        first = ConsentFactory(subject=person, state=State.SIGNED)
        ConsentFactory(subject=person, state=State.SIGNED)

        self.refuses(first, state=State.SIGNED)

    def test_knows_when_a_consent_was_withdrawn(self):
        self.refuses(ConsentFactory(), state=State.WITHDRAWN)

    def test_knows_who_verified(self):
        self.refuses(ConsentFactory(), verified_at=LATER)

    def test_refuses_the_taker_as_verifier(self):
        consent = ConsentFactory()
        self.refuses(consent, verified_at=LATER, verified_by_id=consent.by_id)

    def test_keeps_no_consent_without_evidence(self):
        self.refuses(ConsentFactory(), evidence=None)

    def test_refuses_an_unknown_purpose(self):
        self.refuses(ConsentFactory(), purpose="anything")
