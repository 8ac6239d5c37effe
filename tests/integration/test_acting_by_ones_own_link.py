"""Somebody opens the link of a message, shows who they are, and changes one thing themself."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from consent.models import Consent
from consent.purposes import Purpose as To
from consent.states import State
from foundation import vault
from foundation.access import Role, task_actor
from foundation.trail.models import TrailRow
from notifications.delivery import asking
from notifications.links import filling, making, opening, replies, tokens
from notifications.links.models import FollowUp, Link
from notifications.links.purposes import Purpose
from notifications.outbox import Message, stopping
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.recipients import contact
from notifications.recipients.models import ContactState, Reach
from registry.donors import words
from registry.donors.models import CallKind, CallTask, ContactChoice, Donor, Withdrawal, Word
from registry.donors.states import DonorState
from tests.factories import links
from tests.factories.consent import ConsentFactory
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.families import MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory
from tests.factories.messages import MessageFactory, approved_words
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # a Friday
NEW = "15912345678"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be a Friday."""
    with time_machine.travel(AT, tick=True):
        yield


@pytest.fixture
def donor() -> Donor:
    """Return somebody who is listed at a county that has a landline."""
    branch = BranchFactory(name="鄞州区红十字会", phone="0574-88000000")
    return DonorFactory(state=DonorState.LISTED, branch=branch, about={"name": "王丽华"})


@pytest.fixture
def phone() -> Client:
    """Return an old phone set to English."""
    return Client(headers={"accept-language": "en"})


def open_(phone: Client, path: str, donor: Donor) -> HttpResponse:
    """Show the second fact, and follow to the page."""
    answer = phone.post(path, {"last_four": links.last_four(donor)})
    assert (answer.status_code, answer["Location"]) == (302, path)
    return phone.get(path)


def act(phone: Client, purpose: Purpose, donor: Donor, said: dict[str, Any], **more: Any) -> str:
    """Open a new link, do its act, and return the page that says what happens next."""
    path = links.path(purpose, donor, at=timezone.now(), **more)
    open_(phone, path, donor)
    answer = phone.post(path, said)
    assert answer.status_code == 302, answer.content.decode()
    return phone.get(answer["Location"]).content.decode()


def fresh(donor: Donor) -> Donor:
    return Donor.objects.get(pk=donor.pk)


class TestActs:
    def test_confirming_verifies_the_contact_and_takes_the_call_off(
        self, phone: Client, donor: Donor
    ) -> None:
        task = CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        page = act(phone, Purpose.CONFIRM, donor, {})
        assert fresh(donor).contact_verified_on == date(2026, 11, 20)
        assert CallTask.objects.get(pk=task.pk).state == "CANCELLED"
        assert "王丽华" not in page

    def test_confirming_opens_the_ways_that_did_not_work_and_none_they_stopped(
        self, phone: Client, donor: Donor
    ) -> None:
        by = task_actor("tests")
        for way, state in (("SMS", Reach.WRONG), ("EMAIL", Reach.BOUNCED), ("CALL", Reach.STOPPED)):
            contact.mark(donor.subject, way, state, by=by, at=AT, address=NEW)
        act(phone, Purpose.CONFIRM, donor, {})
        known = dict(ContactState.objects.values_list("channel", "state"))
        assert known == {"SMS": Reach.OK, "EMAIL": Reach.OK, "CALL": Reach.STOPPED}

    @pytest.mark.parametrize(
        ("said", "until"),
        [({"length": "6"}, date(2027, 5, 20)), ({"length": "day", "until": "2027-03-01"}, date(2027, 3, 1))],
    )
    def test_pausing_holds_until_the_day(
        self, phone: Client, donor: Donor, said: dict[str, str], until: date
    ) -> None:
        page = act(phone, Purpose.PAUSE, donor, said)
        assert (fresh(donor).state, fresh(donor).hold_until) == (DonorState.ON_HOLD, until)
        assert f"{until:%Y-%m-%d}" in page or str(until.year) in page

    def test_pausing_longer_changes_the_day(self, phone: Client, donor: Donor) -> None:
        act(phone, Purpose.PAUSE, donor, {"length": "3"})
        act(phone, Purpose.PAUSE, donor, {"length": "12"})
        assert fresh(donor).hold_until == date(2027, 11, 20)

    def test_pausing_too_long_is_refused_and_the_link_still_holds(self, phone: Client, donor: Donor) -> None:
        path = links.path(Purpose.PAUSE, donor, at=timezone.now())
        open_(phone, path, donor)
        answer = phone.post(path, {"length": "day", "until": "2030-01-01"})
        assert answer.status_code == 422
        assert 'href="#id_until"' in answer.content.decode()
        assert (
            'href="#id_until"' in phone.post(path, {"length": "day", "until": "2020-01-01"}).content.decode()
        )
        assert fresh(donor).state == DonorState.LISTED
        assert phone.post(path, {"length": "3"}).status_code == 302

    def test_a_new_number_is_rung_first(self, phone: Client, donor: Donor) -> None:
        old = vault.open_one(donor, "phone")
        act(phone, Purpose.PHONE, donor, {"phone": NEW})
        assert CallTask.objects.get().kind == CallKind.NEW_NUMBER
        assert vault.open_one(fresh(donor), "phone") == old

    def test_only_if_matched_silences_the_rest(self, phone: Client, donor: Donor) -> None:
        act(phone, Purpose.ONLY_IF_MATCHED, donor, {})
        assert fresh(donor).contact_choice == ContactChoice.ONLY_IF_MATCHED

    def test_withdrawing_answers_with_its_receipt(self, phone: Client, donor: Donor) -> None:
        consent = ConsentFactory(subject=donor.subject, purpose=To.SHARE_REGISTRY)
        page = act(phone, Purpose.WITHDRAW, donor, {"samples": "later"})
        receipt = Withdrawal.objects.get()
        assert (receipt.donor, receipt.word, receipt.by_kind) == (donor, Word.LINK, "subject")
        assert fresh(donor).state == DonorState.WITHDRAWN
        assert Consent.objects.get(pk=consent.pk).state == State.WITHDRAWN
        assert page.count("<tr") > 3
        with override(donor.subject.language):
            assert str(words.stopped("samples.nothing_kept")) in page

    def test_withdrawing_asks_nothing_of_a_sample_where_none_is_kept(
        self, phone: Client, donor: Donor
    ) -> None:
        path = links.path(Purpose.WITHDRAW, donor, at=timezone.now())
        assert 'name="samples"' not in open_(phone, path, donor).content.decode()
        assert phone.post(path, {}).status_code == 302

    def test_one_permission_ends_alone(self, phone: Client, donor: Donor) -> None:
        sms = ConsentFactory(subject=donor.subject, purpose=To.CONTACT_SMS)
        other = ConsentFactory(subject=donor.subject, purpose=To.CONTACT_EMAIL)
        act(phone, Purpose.CONSENTS, donor, {"consent": str(sms.pk)})
        states = {c.pk: c.state for c in Consent.objects.filter(subject=donor.subject)}
        assert states == {sms.pk: State.WITHDRAWN, other.pk: State.ACTIVE}
        assert fresh(donor).state == DonorState.LISTED

    def test_a_core_permission_says_first_that_it_means_leaving(self, phone: Client, donor: Donor) -> None:
        core = ConsentFactory(subject=donor.subject, purpose=To.HLA_TYPING)
        path = links.path(Purpose.CONSENTS, donor, at=timezone.now())
        open_(phone, path, donor)
        means = phone.get(path, {"one": str(core.pk)}).content.decode()
        assert "is leaving the register" in means or "退出" in means
        assert phone.post(path, {"consent": str(core.pk)}).status_code == 302
        assert (fresh(donor).state, Withdrawal.objects.get().word) == (DonorState.WITHDRAWN, Word.LINK)

    def test_nobody_withdraws_the_permission_of_another(self, phone: Client, donor: Donor) -> None:
        theirs = ConsentFactory(subject=DonorFactory().subject, purpose=To.CONTACT_SMS)
        path = links.path(Purpose.CONSENTS, donor, at=timezone.now())
        open_(phone, path, donor)
        assert phone.post(path, {"consent": str(theirs.pk)}).status_code == 422
        assert Consent.objects.get(pk=theirs.pk).state == State.ACTIVE

    def test_stopping_asks_nobody_who_they_are(self, phone: Client, donor: Donor) -> None:
        path = links.path(Purpose.STOP, donor, at=timezone.now(), matter="EMAIL")
        assert phone.get(path).status_code == 200
        assert phone.post(path, {"ways": "this"}).status_code == 302
        assert ContactState.objects.get().channel == "EMAIL"
        assert phone.get(path).context["every_way"] is False

    def test_stopping_takes_back_what_has_not_left_by_that_way(self, phone: Client, donor: Donor) -> None:
        mine = [MessageFactory(subject=donor.subject, channel=way) for way in ("EMAIL", "SMS")]
        phone.post(links.path(Purpose.STOP, donor, at=timezone.now(), matter="EMAIL"), {"ways": "this"})
        assert [Message.objects.get(pk=one.pk).state for one in mine] == ["CANCELLED", "DUE"]
        phone.post(links.path(Purpose.STOP, donor, at=timezone.now(), matter="EMAIL"), {"ways": "all"})
        assert Message.objects.get(pk=mine[1].pk).state == "CANCELLED"

    def test_stopping_everything_stops_every_way(self, phone: Client, donor: Donor) -> None:
        path = links.path(Purpose.STOP, donor, at=timezone.now(), matter="SMS")
        for kind in (CallKind.CONTACT_CHECK, CallKind.MATCH):
            CallTaskFactory(donor=donor, kind=kind)
        phone.post(path, {"ways": "all"})
        calls = dict(CallTask.objects.values_list("kind", "state"))
        assert calls == {CallKind.CONTACT_CHECK: "CANCELLED", CallKind.MATCH: "OPEN"}
        assert phone.get(path).context["every_way"] is True
        assert set(ContactState.objects.values_list("state", flat=True)) == {Reach.STOPPED}
        assert ContactState.objects.count() == 6

    def test_an_invitation_is_answered(self, phone: Client, donor: Donor) -> None:
        room = links.Invited()
        replies.register(replies.Replies(room.describe, room.answer))
        page = act(phone, Purpose.REPLY, donor, {"coming": "yes", "people": "3"}, matter="qingming")
        assert room.answers == {str(donor.subject_id): 3}
        assert "3" in page
        again = open_(
            phone, links.path(Purpose.REPLY, donor, at=timezone.now(), matter="qingming"), donor
        ).content.decode()
        assert "您答复过共来 3 位" in again
        assert 'value="3"' in again

    @pytest.mark.parametrize("people", ["", "0", "1", "no"])
    def test_who_declines_counts_nobody(self, phone: Client, donor: Donor, people: str) -> None:
        room = links.Invited()
        replies.register(replies.Replies(room.describe, room.answer))
        act(phone, Purpose.REPLY, donor, {"coming": "no", "people": people}, matter="qingming")
        assert room.answers == {str(donor.subject_id): 0}

    @pytest.mark.parametrize("people", ["", "0", "5"])
    def test_who_comes_says_how_many_within_the_seats(self, phone: Client, donor: Donor, people: str) -> None:
        room = links.Invited()
        replies.register(replies.Replies(room.describe, room.answer))
        path = links.path(Purpose.REPLY, donor, at=timezone.now(), matter="qingming")
        open_(phone, path, donor)
        answer = phone.post(path, {"coming": "yes", "people": people})
        assert answer.status_code == 422
        assert 'href="#id_people"' in answer.content.decode()
        assert room.answers == {}

    def test_an_invitation_that_is_over_answers_as_any_link_that_is(
        self, phone: Client, donor: Donor
    ) -> None:
        room = links.Invited()
        replies.register(replies.Replies(room.describe, room.answer))
        path = links.path(Purpose.REPLY, donor, at=timezone.now(), matter="over")
        phone.post(path, {"last_four": links.last_four(donor)})
        assert phone.get(path).status_code == 410

    @pytest.mark.parametrize(
        ("wellbeing", "symptoms", "calls"), [("5", "no", 0), ("2", "no", 1), ("4", "yes", 1)]
    )
    def test_who_is_not_well_after_donating_is_rung(
        self, phone: Client, donor: Donor, wellbeing: str, symptoms: str, calls: int
    ) -> None:
        said = {"wellbeing": wellbeing, "symptoms": symptoms, "words": "头晕"}
        plan = PlanFactory(subject=donor.subject)
        asked = TouchpointFactory(plan=plan, step=StepFactory(key="d7"), state=TouchpointState.SENT)
        act(phone, Purpose.FOLLOW_UP, donor, said, matter="d7")
        answer = FollowUp.objects.get()
        assert Touchpoint.objects.get(pk=asked.pk).state == TouchpointState.RESPONDED
        assert (answer.wellbeing, answer.matter) == (int(wellbeing), "d7")
        assert vault.open_one(answer, "words") == {"words": "头晕"}
        assert CallTask.objects.filter(kind=CallKind.FOLLOW_UP, due_on=date(2026, 11, 23)).count() == calls

    def test_what_they_said_stands_on_the_donor_s_page(
        self, phone: Client, donor: Donor, signed_in: Any
    ) -> None:
        said = {"wellbeing": "2", "symptoms": "yes", "words": "头晕"}
        act(phone, Purpose.FOLLOW_UP, donor, said)
        desk = signed_in(StaffFactory(role=Role.CASEWORKER, branch=donor.service_branch))
        assert "头晕" in desk.get(reverse("donors:detail", args=[donor.pk])).content.decode()
        reader = signed_in(StaffFactory(role=Role.MEDICAL_REVIEWER, branch=donor.service_branch))
        english = {"accept-language": "en"}
        page = reader.get(reverse("donors:detail", args=[donor.pk]), headers=english).content.decode()
        assert ("头晕" in page, "2 of 5" in page) == (False, True)  # who does not ring them sees no words

    def test_from_wavering_one_goes_on_by_a_link_of_its_own(self, phone: Client, donor: Donor) -> None:
        path = links.path(Purpose.CONFIRM, donor, at=timezone.now())
        open_(phone, path, donor)
        answer = phone.post(f"{path}other/", {"purpose": Purpose.ONLY_IF_MATCHED})
        assert answer.status_code == 302
        assert answer["Location"] != path
        assert phone.get(answer["Location"]).status_code == 200
        assert phone.post(answer["Location"], {}).status_code == 302
        assert fresh(donor).contact_choice == ContactChoice.ONLY_IF_MATCHED
        assert fresh(donor).contact_verified_on is None

    def test_a_relative_is_asked_for_their_number_and_goes_on_to_nothing_that_is_a_volunteer_s(
        self, phone: Client
    ) -> None:
        member = MemberFactory()
        path = reverse(
            "links:open", args=[making.new_token(Purpose.CONSENTS, member.subject, at=timezone.now())]
        )
        asked = phone.get(path).content.decode()
        assert "您手机号码的后四位" in asked
        assert "document" not in asked
        last = str(vault.open_one(member, "phone")["phone"])[-4:]
        assert phone.post(path, {"last_four": last}).status_code == 302
        answer = phone.post(f"{path}other/", {"purpose": Purpose.PAUSE})
        assert (answer.status_code, answer["Location"]) == (302, path)


class TestOneClick:
    def stop(self, donor: Donor) -> str:
        address = making.unsubscribe(donor.subject, "EMAIL", at=timezone.now())
        return address.partition("/s/")[1] + address.partition("/s/")[2]

    def test_stops_without_a_page_or_a_cookie(self, donor: Donor) -> None:
        """Source: RFC 8058, section 3.2"""
        client = Client(enforce_csrf_checks=True)
        answer = client.post(self.stop(donor), {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.content, answer.cookies.output()) == (204, b"", "")
        assert ContactState.objects.get().state == Reach.STOPPED

    def test_takes_back_what_has_not_left_and_waits_for_what_is_leaving(
        self, donor: Donor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited: list[float] = []
        monkeypatch.setattr(stopping, "wait", lambda _ids, patience=0.0: waited.append(patience))
        message = MessageFactory(subject=donor.subject)
        assert Client().post(self.stop(donor), {"List-Unsubscribe": "One-Click"}).status_code == 204
        assert Message.objects.get(pk=message.pk).state == "CANCELLED"
        assert waited

    def test_pressed_twice_at_once_answers_as_once(
        self, donor: Donor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = opening.open_link

        def both_read(link: Link, *, at: datetime) -> opening.Opened | None:
            opened = read(link, at=at)  # and the other one was first
            Link.objects.filter(pk=link.pk).update(used_at=at)
            return opened

        monkeypatch.setattr(opening, "open_link", both_read)
        assert Client().post(self.stop(donor), {"List-Unsubscribe": "One-Click"}).status_code == 204

    def test_is_nothing_that_a_mail_scanner_does(self, donor: Donor) -> None:
        assert Client().get(self.stop(donor)).status_code == 405
        assert not ContactState.objects.exists()

    def test_answers_every_token_alike(self, donor: Donor) -> None:
        there = self.stop(donor)
        never = reverse("links:one-click", args=[tokens.new(donor.service_path)])
        first, again, unknown = Client().post(there), Client().post(there), Client().post(never)
        assert {(a.status_code, a.content, tuple(sorted(a.items()))) for a in (first, again, unknown)} == {
            (204, b"", tuple(sorted(first.items())))
        }


def kept_in(answer: HttpResponse) -> dict[str, str]:
    """Return what a page sends on unseen."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.content.decode())
    return {name: html.unescape(value) for name, value in found}


def bare(answer: HttpResponse) -> bytes:
    """Return a page without what is another on every one: the check for forgeries, and its own address."""
    page = re.sub(rb'value="[A-Za-z0-9]{64}"', b"", answer.content)
    return re.sub(rb"/s/[\w-]+/", b"", page)


class TestALinkThatHoldsNoMore:
    def every(self, donor: Donor) -> dict[str, str]:
        """Return links that never were, were used, ran out, were ended, and one of somebody who left."""
        now = timezone.now()
        paths = {
            name: links.path(Purpose.CONFIRM, donor, at=now)
            for name in ("used", "ran out", "ended", "forged")
        }
        for name, columns in {
            "used": {"used_at": now},
            "ran out": {"made_at": now - timedelta(days=40), "expires_at": now - timedelta(days=10)},
            "ended": {"wrong": 5, "ended_at": now},
            "forged": {
                "purpose": Purpose.WITHDRAW
            },  # somebody changed the row: it was signed for another thing
        }.items():
            Link.objects.filter(mark=tokens.mark(paths[name].split("/")[2])).update(**columns)
        left = DonorFactory(state=DonorState.WITHDRAWN, branch=donor.service_branch)
        type(left.subject).objects.filter(pk=left.subject_id).update(restricted_at=now)
        paths["left"] = links.path(Purpose.CONFIRM, left, at=now)
        paths["never"] = reverse("links:open", args=[tokens.new(donor.service_path)])
        return paths

    def test_answers_alike_whatever_the_reason(self, donor: Donor) -> None:
        seen = {}
        for name, path in self.every(donor).items():
            answers = []
            for ask in (Client().get, Client().post):
                answer = ask(path, {"last_four": links.last_four(donor)})
                headers = {key: value for key, value in answer.items() if key != "Content-Length"}
                answers.append((answer.status_code, headers, bare(answer), len(answer.cookies)))
            seen[name] = answers
        assert all(answers == seen["never"] for answers in seen.values())
        assert seen["never"][0][0] == 410
        assert "0574-88000000" in seen["never"][0][2].decode()

    def test_asks_the_database_as_much_for_one_that_never_was(self, donor: Donor) -> None:
        paths = self.every(donor)
        Client().get(paths["used"])
        counts = {}
        for name in ("used", "ran out", "ended", "forged", "never"):
            with CaptureQueriesContext(connection) as asked:
                Client().get(paths[name])
            counts[name] = len(asked)
        assert len(set(counts.values())) == 1

    def test_names_the_top_of_the_tree_where_no_branch_is_said(self) -> None:
        top = BranchFactory(phone="0571-87000000").parent.parent
        type(top).objects.filter(pk=top.pk).update(phone="0571-12345678")
        page = Client().get(reverse("links:open", args=["x" * 43]))
        assert (page.status_code, "0571-12345678" in page.content.decode()) == (410, True)

    @pytest.mark.parametrize("token", ["x", "..", "%00", "A" * 300, "王丽华"])
    def test_answers_a_token_of_any_form(self, token: str) -> None:
        BranchFactory()
        assert Client().get(f"/s/{token}/").status_code in {410, 404}

    def test_is_one_that_was_tampered_with(self, donor: Donor) -> None:
        path = links.path(Purpose.CONFIRM, donor, at=timezone.now())
        token = path.split("/")[2]
        for other in (token[:-1] + "zz", token.swapcase(), token[1:] + token[0]):
            assert Client().get(reverse("links:open", args=[other])).status_code == 410

    def test_of_somebody_reported_dead_shows_nothing(self, donor: Donor) -> None:
        path = links.path(Purpose.WITHDRAW, donor, at=timezone.now())
        type(donor.subject).objects.filter(pk=donor.subject_id).update(died_reported_at=timezone.now())
        assert Client().get(path).status_code == 410


class TestTheSecondFact:
    def test_comes_before_anything_is_shown(self, phone: Client, donor: Donor) -> None:
        path = links.path(Purpose.WITHDRAW, donor, at=timezone.now())
        page = phone.get(path).content.decode()
        assert "register" not in page
        assert "donat" not in page
        asked = phone.post(path, {"samples": "later"})
        assert (asked.status_code, "register" in asked.content.decode()) == (422, False)  # asks for it again
        assert fresh(donor).state == DonorState.LISTED

    def test_is_the_end_of_the_document_or_of_the_number(self, donor: Donor) -> None:
        own = vault.open_one(donor, "document", "phone")
        for typed in (
            str(own["document"])[-4:].lower(),
            str(own["phone"])[-4:],
            f" {str(own['phone'])[-4:]} ",
        ):
            path = links.path(Purpose.CONFIRM, donor, at=timezone.now())
            assert Client().post(path, {"last_four": typed}).status_code == 302

    def test_five_wrong_answers_end_the_link(self, phone: Client, donor: Donor) -> None:
        path = links.path(Purpose.CONFIRM, donor, at=timezone.now())
        answers = [phone.post(path, {"last_four": links.WRONG}).status_code for _ in range(5)]
        assert answers == [422, 422, 422, 422, 410]
        assert phone.post(path, {"last_four": links.last_four(donor)}).status_code == 410
        assert Link.objects.get().ended_at is not None
        assert sum(b"link.fact_wrong" in bytes(row.body) for row in TrailRow.objects.all()) == 5

    def test_right_answers_are_not_counted(self, donor: Donor) -> None:
        path = links.path(Purpose.CONFIRM, donor, at=timezone.now())
        for _ in range(7):
            assert Client().post(path, {"last_four": links.last_four(donor)}).status_code == 302
        assert Link.objects.get().wrong == 0

    def test_opens_one_link_and_no_other(self, phone: Client, donor: Donor) -> None:
        first, second = (links.path(Purpose.CONFIRM, donor, at=timezone.now()) for _ in range(2))
        open_(phone, first, donor)
        assert "last_four" in phone.get(second).content.decode()

    def test_is_asked_again_after_half_an_hour(self, phone: Client, donor: Donor) -> None:
        path = links.path(Purpose.CONFIRM, donor, at=timezone.now())
        open_(phone, path, donor)
        with time_machine.travel(AT + timedelta(minutes=31)):
            assert "last_four" in phone.get(path).content.decode()

    def test_asked_again_loses_nothing_of_what_was_typed(self, phone: Client, donor: Donor) -> None:
        path = links.path(Purpose.FOLLOW_UP, donor, at=timezone.now(), matter="d7")
        said = {"wellbeing": "2", "symptoms": "no", "words": "头晕\n<b>", "call_me": "on"}
        asked = phone.post(path, said)
        assert (asked.status_code, asked.context["late"]) == (422, True)
        again = phone.post(path, kept_in(asked) | {"last_four": links.WRONG})
        assert again.status_code == 422

        shown = phone.post(path, kept_in(again) | {"last_four": links.last_four(donor)})
        form = shown.context["form"]
        assert (shown.status_code, form.is_valid(), FollowUp.objects.count()) == (200, True, 0)
        assert form.cleaned_data["words"].split() == ["头晕", "<b>"]
        assert phone.post(path, said).status_code == 302
        assert FollowUp.objects.get().call_me

    def test_of_one_link_holds_while_another_is_opened(self, phone: Client, donor: Donor) -> None:
        first, second = (links.path(Purpose.CONFIRM, donor, at=timezone.now()) for _ in range(2))
        open_(phone, first, donor)
        open_(phone, second, donor)
        assert "last_four" not in phone.get(first).content.decode()

    def test_is_not_guessed_from_one_address_for_long(self, donor: Donor, settings: Any) -> None:
        settings.LOGIN_TRIES_PER_ADDRESS = 3
        path = links.path(Purpose.CONFIRM, donor, at=timezone.now())
        never = reverse("links:open", args=[tokens.new(donor.service_path)])
        with time_machine.travel(AT):
            for _ in range(3):
                Client().get(never)
            assert {Client().get(there).status_code for there in (path, never)} == {429}
            assert Client(REMOTE_ADDR="10.9.8.7").get(path).status_code == 200


class TestALink:
    def test_is_used_once(self, donor: Donor) -> None:
        path = links.path(Purpose.PHONE, donor, at=timezone.now())
        one, two = Client(), Client()
        open_(one, path, donor)
        open_(two, path, donor)
        assert [c.post(path, {"phone": NEW}).status_code for c in (one, two)] == [302, 409]
        assert CallTask.objects.count() == 1

    def test_shows_afterwards_what_happens_next_to_who_used_it_alone(self, donor: Donor) -> None:
        path = links.path(Purpose.CONFIRM, donor, at=timezone.now())
        one = Client()
        open_(one, path, donor)
        one.post(path)
        assert (one.get(path).status_code, Client().get(path).status_code) == (200, 410)

    def test_keeps_no_token(self, donor: Donor) -> None:
        path = links.path(Purpose.CONFIRM, donor, at=timezone.now())
        row = Link.objects.values().get()
        assert path.split("/")[2][:43] not in str(row)

    def test_is_kept_by_no_cache_and_told_to_nobody(self, phone: Client, donor: Donor) -> None:
        path = links.path(Purpose.CONFIRM, donor, at=timezone.now())
        for answer in (phone.get(path), open_(phone, path, donor)):
            assert "no-store" in answer["Cache-Control"]
            assert answer["Referrer-Policy"] == "strict-origin"
            assert "noindex" in answer["X-Robots-Tag"]

    def test_speaks_the_person_s_language_until_they_choose_another(self, donor: Donor) -> None:
        type(donor.subject).objects.filter(pk=donor.subject_id).update(language="zh-hant")
        path = links.path(Purpose.CONFIRM, donor, at=timezone.now())
        phone = Client(headers={"accept-language": "en"})
        assert phone.get(path)["Content-Language"] == "zh-hant"
        phone.post(reverse("desk:language"), {"language": "en", "next": path})
        assert phone.get(path)["Content-Language"] == "en"

    def test_is_made_for_a_wording_by_the_names_of_its_fields(self, donor: Donor) -> None:
        made = making.fields(donor.subject, ["link_confirm", "name", "link_stop"], at=AT)
        assert sorted(made) == ["link_confirm", "link_stop"]
        assert sorted(Link.objects.values_list("purpose", flat=True)) == ["CONFIRM", "STOP"]
        assert all("/s/" in address for address in made.values())

    def test_is_not_made_for_what_is_not_theirs(self) -> None:
        relative = vault.create_subject(
            capacity=vault.Capacity.RELATIVE, branch=BranchFactory(), document_index=None, at=AT
        )
        assert sorted(making.fields(relative, ["link_withdraw", "link_event"], at=AT)) == ["link_event"]


class TestAMessage:
    @pytest.fixture
    def message(self, donor: Donor) -> Message:
        """Return an e-mail to the donor that asks whether we still reach them."""
        approved_words("donor.contact_check", text="{{ link_confirm }}", audience="DONOR")
        ConsentFactory(subject=donor.subject, purpose=To.CONTACT_EMAIL)
        donor.save(update_fields=vault.seal(donor, email="wang@example.cn"))
        return MessageFactory(subject=donor.subject, wording="donor.contact_check", due_at=timezone.now())

    def test_carries_links_that_were_made_for_it_alone(self, message: Message, donor: Donor) -> None:
        with time_machine.travel(AT.replace(hour=3)):
            ready = [asking.ask(message, at=timezone.now()) for _ in range(2)]
            words = [one.rendered.text for one in ready]  # type: ignore[union-attr]
            assert words[0] != words[1]
            path = "/s/" + words[0].partition("/s/")[2].split()[0]
            assert open_(Client(), path, donor).status_code == 200

    def test_carries_no_link_that_nobody_could_open(self) -> None:
        approved_words("event.invitation", text="{{ link_event }}", audience="FAMILY")
        member = MemberFactory(about={"phone": ""})
        message = MessageFactory(
            subject=member.subject, wording="event.invitation", due_at=timezone.now(), service=True
        )
        refused = asking.ask(message, at=timezone.now())
        assert (refused.why, refused.state) == ("field_empty", "DUE")  # type: ignore[union-attr]
        assert not Link.objects.exists()
        assert sorted(filling.fill(message, ["link_stop", "link_event"], at=AT)) == ["link_stop"]

    def test_tells_the_mail_program_how_to_stop(self, message: Message) -> None:
        with time_machine.travel(AT.replace(hour=3)):
            ready = asking.ask(message, at=timezone.now())
            path = "/s/" + ready.stop_url.partition("/s/")[2]  # type: ignore[union-attr]
            assert Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 204
            refused = asking.ask(message, at=timezone.now())
        assert refused.why == "channel_stopped"  # type: ignore[union-attr]
