"""A coordinator brings scans and a caseworker verifies them; a person's word is taken back on a page."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse

from consent import actions, evidence, queries
from consent.forms import LinesForm
from consent.models import Consent, Evidence
from consent.purposes import CORE, Purpose
from consent.states import EvidenceKind, State
from foundation.access import Role
from foundation.trail.models import TrailRow
from tests.factories import consent as make
from tests.factories.consent import SIGNED_AT, ConsentFactory, jpeg, png, sign, subject
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
LATER = SIGNED_AT + timedelta(days=3)
DRAWN = "data:image/png;base64," + base64.b64encode(png()).decode()


@pytest.fixture
def county(db):
    return BranchFactory()


@pytest.fixture
def coordinator(county):
    return StaffFactory(branch=county)


@pytest.fixture
def caseworker(county):
    return StaffFactory(role=Role.CASEWORKER, branch=county.parent)


def on_paper(county, coordinator, *, scan=True):
    person = subject(county)
    sign(person, proof=evidence.paper(), by=actor(coordinator))
    if scan:
        actions.attach_scan(person, jpeg(), by=actor(coordinator), at=SIGNED_AT)
    return person


class TestTheCardOfToday:
    def test_is_one_thing_to_do_however_many_scans_are_missing(self, signed_in, county, coordinator):
        for _paper in range(3):
            on_paper(county, coordinator, scan=False)

        page = signed_in(coordinator).get("/", headers={"accept-language": "en"}).content.decode()

        assert "1 thing waits for you." in page
        assert "3 papers wait for their scan" in page

    def test_counts_only_papers_whose_people_one_may_see(self, signed_in, county, coordinator):
        on_paper(county, coordinator, scan=False)
        family_care = signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=county))

        assert reverse("consent:missing") in signed_in(coordinator).get("/").content.decode()
        assert reverse("consent:missing") not in family_care.get("/").content.decode()


class TestBringingAScan:
    def post(self, client, proof, content, name="scan.pdf"):
        return client.post(
            reverse("consent:attach", args=[proof.pk]), {"scan": SimpleUploadedFile(name, content)}
        )

    def test_takes_the_paper_off_the_list(self, signed_in, county, coordinator):
        on_paper(county, coordinator, scan=False)
        client, proof = signed_in(coordinator), Evidence.objects.get()
        assert str(proof.pk) in client.get(reverse("consent:missing")).content.decode()

        answer = self.post(client, proof, jpeg())

        assert answer.status_code == 302
        assert str(proof.pk) not in client.get(reverse("consent:missing")).content.decode()

    def test_tells_what_a_file_is_by_what_is_in_it(self, signed_in, county, coordinator):
        on_paper(county, coordinator, scan=False)

        answer = self.post(signed_in(coordinator), Evidence.objects.get(), b"<html>", name="scan.pdf")

        assert answer.status_code == 422
        assert Evidence.objects.get().attached_at is None

    def test_hands_it_out_as_an_attachment_only_and_writes_it_down(self, signed_in, county, coordinator):
        on_paper(county, coordinator)
        proof = Evidence.objects.get()

        answer = signed_in(coordinator).get(reverse("consent:file", args=[proof.pk]))

        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert TrailRow.objects.filter(verb="evidence.opened").count() == 1

    def test_is_missing_for_another_branch(self, signed_in, county, coordinator):
        on_paper(county, coordinator, scan=False)
        elsewhere = signed_in(StaffFactory(branch=BranchFactory()))
        proof = Evidence.objects.get()

        for name in ("attach", "file"):
            assert elsewhere.get(reverse(f"consent:{name}", args=[proof.pk])).status_code == 404

    def test_is_missing_for_family_care_which_sees_no_donors(self, signed_in, county, coordinator):
        on_paper(county, coordinator)
        client = signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=county))

        assert client.get(reverse("consent:file", args=[Evidence.objects.get().pk])).status_code == 404


class TestVerifying:
    def test_brings_what_is_ticked_into_force(self, signed_in, county, coordinator, caseworker):
        first, second = on_paper(county, coordinator), on_paper(county, coordinator)
        client = signed_in(caseworker)

        answer = client.post(reverse("consent:verify"), {"good": [str(first.evidence.get().pk)]})

        assert answer.status_code == 302
        assert set(first.consents.values_list("state", flat=True)) == {State.ACTIVE}
        assert set(second.consents.values_list("state", flat=True)) == {State.SIGNED}

    def test_shows_twenty_on_a_page(self, signed_in, county, coordinator, caseworker, settings):
        settings.CONSENT_ON_A_PAGE = 2
        for _ in range(3):
            on_paper(county, coordinator)

        answer = signed_in(caseworker).get(reverse("consent:verify"))

        assert answer.content.decode().count('name="good"') == 2

    def test_asks_the_same_number_of_questions_for_any_number(
        self, signed_in, county, coordinator, caseworker, django_assert_max_num_queries
    ):
        for _ in range(4):
            on_paper(county, coordinator)
        client = signed_in(caseworker)
        client.get(reverse("consent:verify"))

        with django_assert_max_num_queries(22):
            client.get(reverse("consent:verify"))

    def test_never_shows_ones_own(self, signed_in, county, caseworker):
        on_paper(county, caseworker)

        assert b'name="good"' not in signed_in(caseworker).get(reverse("consent:verify")).content

    def test_refuses_one_that_is_not_on_the_page(self, signed_in, county, caseworker):
        on_paper(county, caseworker)

        answer = signed_in(caseworker).post(
            reverse("consent:verify"), {"good": [str(Evidence.objects.get().pk)]}
        )

        assert answer.status_code == 422
        assert set(Consent.objects.values_list("state", flat=True)) == {State.SIGNED}

    def test_sends_one_back_with_the_reason(self, signed_in, county, coordinator, caseworker):
        person = on_paper(county, coordinator)
        proof = person.evidence.get()

        signed_in(caseworker).post(reverse("consent:send_back", args=[proof.pk]), {"because": "unreadable"})

        assert queries.section(person.pk).evidence_missing

    def test_is_closed_to_who_takes_consents(self, signed_in, coordinator):
        assert signed_in(coordinator).get(reverse("consent:verify")).status_code == 403

    def test_stands_on_the_today_page(self, signed_in, county, coordinator, caseworker):
        on_paper(county, coordinator)

        assert reverse("consent:verify") in signed_in(caseworker).get("/").content.decode()


class TestTheNameOnThePaper:
    """It is read against the signature: that is the verifier's own work, and nobody else's."""

    @pytest.fixture
    def proof(self, county, coordinator):
        donor = DonorFactory(branch=county, about={"name": "王丽华青"})
        sign(donor.subject, proof=evidence.paper(), by=actor(coordinator))
        actions.attach_scan(donor.subject, jpeg(), by=actor(coordinator), at=SIGNED_AT)
        return Evidence.objects.exclude(attached_at=None).get()

    def test_is_shown_in_full_to_who_verifies_it(self, signed_in, proof, caseworker):
        assert "王丽华青" in signed_in(caseworker).get(reverse("consent:verify")).content.decode()

    def test_leaves_a_line_that_names_the_person_and_the_task(self, signed_in, proof, caseworker):
        signed_in(caseworker).get(reverse("consent:verify"))
        row = TrailRow.objects.get(verb="person.named")
        assert row.object == f"consent.evidence:{proof.pk}"
        assert row.by_id == str(caseworker.pk)
        assert "consent.verify" in bytes(row.body).decode()

    def test_is_in_the_report_of_who_saw_the_person(self, signed_in, proof, county, caseworker):
        signed_in(caseworker).get(reverse("consent:verify"))
        auditor = signed_in(StaffFactory(role=Role.AUDITOR, branch=county.parent))
        page = auditor.get(reverse("desk:looks"), {"object": str(proof.subject.donor.pk)})
        assert "person.named" in [line.row.verb for line, _name in page.context["lines"]]

    def test_stays_masked_for_everybody_else(self, signed_in, proof, county, coordinator, caseworker):
        def page(staff, name, *args):
            return signed_in(staff).get(reverse(f"consent:{name}", args=args)).content.decode()

        pages = [page(caseworker, "send_back", proof.pk)]
        sign(proof.subject, proof=evidence.paper(), by=actor(coordinator))
        unscanned = Evidence.objects.get(attached_at=None)
        pages += [page(coordinator, "missing"), page(coordinator, "attach", unscanned.pk)]

        for shown in pages:
            assert "王*" in shown
            assert "王丽华青" not in shown
        assert not TrailRow.objects.filter(verb="person.named").exists()


class TestWithdrawingOnAPage:
    def test_says_first_what_leaving_means(self, signed_in, county, coordinator):
        consent = ConsentFactory(subject=subject(county), purpose=Purpose.HLA_TYPING)
        client = signed_in(coordinator)
        client.cookies["relay_language"] = "en"

        page = client.get(reverse("consent:withdraw", args=[consent.pk])).content.decode()

        assert "leaving the register" in page
        assert Consent.objects.get().state == State.ACTIVE

    def test_takes_one_tick_and_no_reason(self, signed_in, county, coordinator):
        consent = ConsentFactory(subject=subject(county), purpose=Purpose.CONTACT_PHONE)

        answer = signed_in(coordinator).post(
            reverse("consent:withdraw", args=[consent.pk]), {"own_word": "on"}
        )

        assert answer.status_code == 302
        assert Consent.objects.get().state == State.WITHDRAWN

    def test_asks_whose_word_it_is(self, signed_in, county, coordinator):
        consent = ConsentFactory(subject=subject(county), purpose=Purpose.CONTACT_PHONE)

        assert signed_in(coordinator).post(reverse("consent:withdraw", args=[consent.pk])).status_code == 422
        assert Consent.objects.get().state == State.ACTIVE

    def test_is_missing_for_another_branch(self, signed_in, coordinator):
        consent = ConsentFactory()

        assert signed_in(coordinator).get(reverse("consent:withdraw", args=[consent.pk])).status_code == 404


class TestSigningAnew:
    def test_takes_the_whole_text(self, signed_in, county, coordinator):
        person = subject(county)
        sign(person)

        answer = signed_in(coordinator).post(
            reverse("consent:sign", args=[person.pk]), {"how": "screen", **AGREED, **SIGNED, **ANSWERS}
        )

        assert answer.status_code == 302
        assert person.consents.filter(state=State.SUPERSEDED).count() == 6
        assert person.consents.filter(state=State.ACTIVE).count() == 6

    def test_can_be_about_the_ways_of_contact_alone(self, signed_in, county, coordinator):
        person = subject(county)
        sign(person, given=[*CORE, Purpose.CONTACT_PHONE])
        url = reverse("consent:sign_line", args=[person.pk, "contact"])
        client = signed_in(coordinator)
        assert client.get(url).context["form"]["tick_contact"].value() == [Purpose.CONTACT_PHONE]

        answer = client.post(
            url, {"how": "screen", "tick_contact": ["contact_sms"], "signature_contact": DRAWN}
        )

        assert answer.status_code == 302
        standing = {one.purpose for one in person.consents.filter(state=State.ACTIVE)}
        assert standing == {*CORE, Purpose.CONTACT_SMS}

    def test_is_not_the_way_back_for_who_has_left(self, signed_in, county, coordinator):
        person = subject(county)
        sign(person)
        actions.withdraw_all(person, by=actor(coordinator), at=LATER)

        assert signed_in(coordinator).get(reverse("consent:sign", args=[person.pk])).status_code == 404

    @pytest.mark.parametrize("line", ["nothing", "x" * 60])
    def test_knows_only_the_lines_of_the_text(self, signed_in, county, coordinator, line):
        person = subject(county)
        sign(person)

        assert (
            signed_in(coordinator).get(reverse("consent:sign_line", args=[person.pk, line])).status_code
            == 404
        )


class TestTheReceipt:
    def test_says_each_answer_and_the_words(self, signed_in, county, coordinator):
        person = subject(county)
        sign(person, declined=[Purpose.CONTACT_SMS])

        page = signed_in(coordinator).get(reverse("consent:receipt", args=[person.pk])).content.decode()

        assert "完全由您自己决定" in page
        assert person.consents.first().text_sha256 in page

    def test_comes_as_a_pdf(self, signed_in, county, coordinator):
        person = subject(county)
        sign(person)

        answer = signed_in(coordinator).get(reverse("consent:receipt_pdf", args=[person.pk]))

        assert answer.content.startswith(b"%PDF") or answer.status_code == 302

    def test_stands_beside_the_ledger_of_disclosures(self, signed_in, county, coordinator):
        person = subject(county)
        sign(person)
        actions.disclose(
            [person.pk],
            to="国家资料库",
            fields=["grid"],
            purpose=Purpose.SHARE_REGISTRY,
            by=actor(coordinator),
            at=LATER,
        )

        page = signed_in(coordinator).get(reverse("consent:disclosures", args=[person.pk])).content.decode()

        assert "国家资料库" in page


class TestTheSectionOfAPersonsPage:
    def test_names_what_stands_and_how_to_take_it_back(self):
        person = subject()
        sign(person)

        html = render_to_string("consent/_section.html", {"consents": queries.section(person.pk)})

        assert html.count("/withdraw/") == 6

    def test_shows_the_badge_while_a_scan_is_missing(self, county, coordinator):
        person = on_paper(county, coordinator, scan=False)

        html = render_to_string("consent/_section.html", {"consents": queries.section(person.pk)})

        assert reverse("consent:attach", args=[person.evidence.get().pk]) in html

    def test_asks_three_questions(self, django_assert_num_queries):
        person = subject()
        sign(person)

        with django_assert_num_queries(3):  # consents, missing scans, and what became known of the evidence
            render_to_string("consent/_section.html", {"consents": queries.section(person.pk)})


ANSWERS = {
    "teach_change_mind": "any_time",
    "teach_who_pays": "nobody_pays_me",
    "teach_if_match": "asked_again",
}
AGREED = {
    "agree_register": "on",
    "agree_sample": "on",
    "agree_share": "on",
    "tick_contact": ["contact_phone"],
}
SIGNED = {f"signature_{slot}": DRAWN for slot in ("register", "sensitive", "sample", "share", "contact")}


def lines(data):
    return LinesForm(data, text=make.text(), language="zh-hans")


class TestTheLinesOfTheDrive:
    def test_give_a_record_per_purpose(self):
        form = lines({"how": "screen", **AGREED, **SIGNED, **ANSWERS})

        assert form.is_valid(), form.errors
        result = form.result()
        assert set(result.given) == {*CORE, Purpose.CONTACT_PHONE}
        assert Purpose.CONTACT_SMS in result.declined
        assert result.evidence.kind == EvidenceKind.SCREEN_SIGNATURE
        assert result.teach_back is not None

    def test_are_recorded_as_they_were_answered(self):
        form = lines({"how": "screen", **AGREED, **SIGNED, **ANSWERS})
        assert form.is_valid()
        result, person = form.result(), subject()

        actions.record(
            person, text=form.text, language="zh-hans", given=result.given, declined=result.declined,
            evidence=result.evidence, teach_back=result.teach_back, by=make.TAKER, at=SIGNED_AT,
        )  # fmt: skip

        assert person.consents.filter(state=State.ACTIVE).count() == 6
        assert person.consents.filter(state=State.DECLINED).count() == 5
        assert person.teach_backs.get().all_right

    def test_need_no_signature_where_no_way_of_contact_is_ticked(self):
        form = lines(
            {"how": "screen", **AGREED, **SIGNED, **ANSWERS, "tick_contact": [], "signature_contact": ""}
        )

        assert form.is_valid(), form.errors
        assert set(form.result().given) == CORE

    def test_ask_for_each_signature(self):
        form = lines({"how": "screen", **AGREED, **SIGNED, **ANSWERS, "signature_sensitive": ""})

        assert list(form.errors) == ["signature_sensitive"]

    def test_need_the_core_lines(self):
        form = lines({"how": "paper", **AGREED, **ANSWERS, "agree_share": ""})

        assert list(form.errors) == ["agree_share"]

    def test_take_a_paper_instead(self):
        form = lines({"how": "paper", **AGREED, **ANSWERS})

        assert form.is_valid(), form.errors
        assert form.result().evidence.kind == EvidenceKind.PAPER

    def test_ask_for_the_witness(self):
        data = {"how": "witness", **AGREED, **ANSWERS}
        assert list(lines(data).errors) == ["witness"]

        form = lines(data | {"witness": "李明"})
        assert form.is_valid()
        assert form.result().evidence.witness == "李明"

    def test_explain_an_answer_that_is_different(self):
        data = {"how": "paper", **AGREED, **ANSWERS, "teach_who_pays": "paid"}
        assert set(lines(data).errors) == {"teach_who_pays", "explained"}

        form = lines(data | {"explained": "on"})
        assert form.is_valid(), form.errors
        assert form.result().teach_back.explained

    def test_come_back_from_a_draft_as_they_were_left(self):
        left = lines({"how": "screen", **AGREED, "signature_register": DRAWN}).to_draft()

        form = LinesForm.from_draft(left, text=make.text(), language="zh-hans")

        assert form["agree_register"].value()
        assert form["tick_contact"].value() == ["contact_phone"]
        assert form["signature_register"].value() == DRAWN

    @pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
    def test_are_shown_in_each_language(self, language):
        form = LinesForm(text=make.text(), language=language)

        html = render_to_string("consent/_lines.html", {"form": form})

        assert html.count("data-signature") == 5

    @pytest.mark.parametrize(
        "drawing", ["data:image/png;base64,AAAA", "javascript:alert(1)", "x" * 900_000, "\x00"]
    )
    def test_refuse_what_is_no_drawing(self, drawing):
        form = lines({"how": "screen", **AGREED, **SIGNED, **ANSWERS, "signature_share": drawing})

        assert not form.is_valid()
