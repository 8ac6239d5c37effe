"""Volunteers fill their own form while they queue; a coordinator who sees the document confirms it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.access import NotAllowed, Role, named
from foundation.templatetags.relay import bcp47
from foundation.trail.models import TrailRow
from foundation.vault import DataKey
from registry.config.demo import queueing
from registry.config.demo.people import Crowd
from registry.donors.models import Donor
from registry.donors.states import DonorState
from registry.drives import actions
from registry.drives.actions import DocumentNotSeen, drafts
from registry.drives.models import Draft, Drive
from registry.drives.own_forms import actions as own
from registry.drives.states import DriveState, Step
from tests import timing
from tests.at_a_drive import AT, drive, lin, today
from tests.factories import donors
from tests.factories import drives as factories
from tests.factories.drives import DriveFactory, typed
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.own_forms import fill, handed_in, mark, send, told
from tests.pages import title_of

__all__ = ["drive", "lin", "today"]  # fixtures
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(lin: Any, signed_in: Any) -> Client:
    """Return her browser."""
    return signed_in(lin)


def url(name: str, drive: Drive, *args: Any) -> str:
    return reverse(f"own:{name}", args=[mark(drive), *args])


def bare(page: Any) -> bytes:
    """Return a page without what differs by itself."""
    return re.sub(rb'value="[A-Za-z0-9]{64}"', b"", page.content)


class TestTheForm:
    def test_ends_with_a_number_and_a_code(self, drive: Drive) -> None:
        phone = Client()
        answer = fill(phone, drive)

        assert (answer.status_code, answer["Location"]) == (302, url("number", drive))
        page = phone.get(answer["Location"]).content.decode()
        draft = Draft.objects.get()
        assert f"<b>{draft.number}</b>" in page
        assert "<svg" in page
        assert (draft.own_form, draft.number, draft.started_by) == (True, 1, None)

    def test_is_sealed_and_waits_for_its_document(self, drive: Drive) -> None:
        draft = handed_in(drive, name="王晓")
        answers = drafts.read(draft)
        assert (answers.typed(Step.DOCUMENT) or {})["name"] == ["王晓"]
        assert answers.first_open == Step.DOCUMENT
        assert drafts.read(draft).is_done(Step.CONTACTS)
        assert Donor.objects.count() == 0

    def test_shows_nothing_that_was_typed_once_it_is_handed_in(self, drive: Drive) -> None:
        phone = Client()
        fill(phone, drive, name="王晓")
        for name, *rest in (("start",), ("part", "document"), ("part", "health")):
            answer = phone.get(url(name, drive, *rest))
            assert answer["Location"] == url("number", drive)
        assert "王晓" not in phone.get(url("number", drive)).content.decode()

    def test_cannot_be_changed_once_it_is_handed_in(self, drive: Drive) -> None:
        phone = Client()
        fill(phone, drive, name="王晓")
        answer = send(phone, drive, "document", {**told()["document"], "name": ["李晓"]})
        assert answer["Location"] == url("number", drive)
        assert (drafts.read(Draft.objects.get()).typed(Step.DOCUMENT) or {})["name"] == ["王晓"]

    def test_gives_numbers_in_one_row_with_the_drafts_of_the_desk(self, drive: Drive, lin: Any) -> None:
        factories.draft(drive, staff=lin, by=actor(lin))
        assert handed_in(drive).number == 2
        assert factories.draft(drive, staff=lin, by=actor(lin)).number == 3

    def test_says_what_is_wrong_and_keeps_what_was_typed(self, drive: Drive) -> None:
        phone, pages = Client(), told()
        answer = send(phone, drive, "document", {**pages["document"], "number": ["33010619990305001"]})
        assert answer.status_code == 422
        assert 'id="error-summary"' in answer.content.decode()
        assert "33010619990305001" in answer.content.decode()
        assert Draft.objects.count() == 0  # nothing is kept of a first page that is wrong
        send(phone, drive, "document", pages["document"])
        answer = send(phone, drive, "reach", {**pages["reach"], "phone": ["123"]})
        assert answer.status_code == 422
        assert "123" in phone.get(url("part", drive, "reach")).content.decode()

    def test_leads_back_to_what_is_still_open(self, drive: Drive) -> None:
        phone, pages = Client(), told()
        send(phone, drive, "document", pages["document"])
        send(phone, drive, "reach", pages["reach"])
        answer = send(phone, drive, "health", pages["health"])
        assert answer["Location"] == url("part", drive, "first")
        assert Draft.objects.get().handed_in_at is None

    def test_goes_back_without_judging(self, drive: Drive) -> None:
        phone, pages = Client(), told()
        send(phone, drive, "document", pages["document"])
        answer = send(phone, drive, "reach", {**pages["reach"], "phone": ["12"]}, then="back")
        assert answer["Location"] == url("part", drive, "document")

    def test_sent_twice_is_one(self, drive: Drive) -> None:
        phone = Client()
        for part, fields in told().items():
            phone.get(url("part", drive, part))
            first, second = send(phone, drive, part, fields), send(phone, drive, part, fields)
            assert first.status_code == second.status_code == 302
        assert Draft.objects.count() == 1
        assert Draft.objects.get().number == 1

    def test_of_two_phones_are_two(self, drive: Drive) -> None:
        assert {handed_in(drive).number, handed_in(drive).number} == {1, 2}

    def test_is_begun_with_the_form_of_nobody_else(self, drive: Drive) -> None:
        first = handed_in(drive)
        stranger = Client()
        stranger.cookies["relay_own_form"] = first.idempotency_key.hex  # without our signature
        page = stranger.get(url("number", drive))
        assert page["Location"] == url("start", drive)

    @pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
    def test_speaks_three_languages(self, drive: Drive, language: str) -> None:
        phone = Client()
        phone.post(reverse("desk:language"), {"language": language, "next": url("start", drive)})
        page = phone.get(url("start", drive)).content.decode()
        assert f'<html lang="{bcp47(language)}"' in page
        fill(phone, drive)
        assert Draft.objects.get().language == language

    def test_names_the_branch_and_its_number(self, drive: Drive) -> None:
        drive.branch.phone = "0574-88000000"
        drive.branch.save(update_fields=["phone"])
        page = Client().get(url("start", drive)).content.decode()
        assert drive.branch.name in page
        assert "tel:0574-88000000" in page


class TestEveryPage:
    def test_is_kept_nowhere_and_names_nobody(self, drive: Drive) -> None:
        phone, pages = Client(), told(name="龘靐齉")
        answers = [phone.get(url("start", drive))]
        for part, fields in pages.items():
            answers += [phone.get(url("part", drive, part)), send(phone, drive, part, fields)]
        answers += [phone.get(url("number", drive)), phone.get(url("left", drive))]
        for answer in answers:
            assert "no-store" in answer["Cache-Control"]
            assert "noindex" in answer["X-Robots-Tag"]
            assert "龘靐齉" not in title_of(answer.content.decode())
            assert "龘靐齉" not in answer.get("Location", "")

    def test_asks_the_register_nothing(self, drive: Drive) -> None:
        phone = Client()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            fill(phone, drive)
            phone.get(url("number", drive))
        tables = " ".join(one["sql"] for one in asked)
        assert "registry_donor" not in tables.replace("registry_draft", "").replace('"donor_id"', "")
        assert "foundation_subject" not in tables

    def test_answers_alike_whoever_is_registered(self, drive: Drive, lin: Any) -> None:
        known, unknown = donors.person().document_number, donors.person().document_number
        factories.enrolled(drive, staff=lin, by=actor(lin), number=known)
        seen = []
        for number in (known, unknown):
            phone = Client()
            answers: list[Any] = []
            for part, fields in told(name="王晓", number=number, phone="13811112222").items():
                answers += [phone.get(url("part", drive, part)), send(phone, drive, part, fields)]
            seen.append(
                [(a.status_code, a.get("Location"), bare(a).replace(number.encode(), b"")) for a in answers]
            )
        assert seen[0] == seen[1]


class TestTheDevice:
    def test_is_cleared_when_the_volunteer_wishes(self, drive: Drive) -> None:
        phone = Client()
        fill(phone, drive)
        answer = phone.post(url("leave", drive))
        assert answer["Location"] == url("start", drive)
        assert "cache" in answer["Clear-Site-Data"]
        assert phone.get(url("number", drive))["Location"] == url("start", drive)
        assert Draft.objects.count() == 1  # the form itself waits at the desk

    def test_forgets_a_form_that_was_left_lying(self, drive: Drive) -> None:
        phone = Client()
        with time_machine.travel(AT):
            send(phone, drive, "document", told(name="王晓")["document"])
        with time_machine.travel(AT + timedelta(minutes=settings.OWN_FORM_IDLE_MINUTES + 1)):
            assert "王晓" not in phone.get(url("part", drive, "document")).content.decode()
            assert phone.get(url("part", drive, "reach"))["Location"] == url("start", drive)
            fill(phone, drive, name="李晓")
        assert Draft.objects.filter(handed_in_at__isnull=False).count() == 1
        assert Draft.objects.count() == 2

    def test_mixes_no_two_people_when_a_page_was_left_open(self, drive: Drive) -> None:
        phone = Client()
        with time_machine.travel(AT):
            for part, fields in list(told(name="王晓", address="示例路9号").items())[:2]:
                send(phone, drive, part, fields)
        with time_machine.travel(AT + timedelta(minutes=settings.OWN_FORM_IDLE_MINUTES + 1)):
            send(phone, drive, "document", told(name="李晓")["document"])  # without looking first
            assert "示例路9号" not in phone.get(url("part", drive, "reach")).content.decode()
        assert Draft.objects.count() == 2

    def test_goes_from_one_drive_to_another(self, drive: Drive) -> None:
        phone, other = Client(), DriveFactory()
        send(phone, drive, "document", told()["document"])
        answer = send(phone, other, "document", told()["document"])  # without looking first
        assert answer.status_code == 302
        assert set(Draft.objects.values_list("drive", flat=True)) == {drive.pk, other.pk}

    def test_offers_to_begin_anew_and_destroys_what_was_typed(self, drive: Drive) -> None:
        phone = Client()
        send(phone, drive, "document", told()["document"])
        key_id = Draft.objects.get().key_id
        phone.post(url("leave", drive))
        assert Draft.objects.count() == 0
        assert not DataKey.objects.filter(pk=key_id).exists()

    def test_takes_a_form_back_until_somebody_is_at_it(self, drive: Drive, lin: Any) -> None:
        phone = Client()
        fill(phone, drive)
        answer = phone.post(url("leave", drive), {"form": "destroy"})
        assert answer["Location"] == url("left", drive)
        assert Draft.objects.count() == 0
        fill(phone := Client(), drive)
        own.confirm(Draft.objects.get(), by=actor(lin), at=AT)
        phone.post(url("leave", drive), {"form": "destroy"})
        assert Draft.objects.count() == 1


class TestThePoster:
    def test_leads_to_the_form(self, desk: Client, drive: Drive) -> None:
        page = desk.get(reverse("drives:poster", args=[drive.pk]))
        assert page.context["address"].endswith(url("start", drive))
        assert "<svg" in page.content.decode()

    def test_is_printed(self, desk: Client, drive: Drive) -> None:
        answer = desk.get(reverse("drives:poster_pdf", args=[drive.pk]))
        assert answer.status_code in {200, 302}

    @pytest.mark.parametrize("days", [1, 30])
    def test_ends_with_the_day(self, drive: Drive, days: int) -> None:
        start = url("start", drive)
        with time_machine.travel(AT + timedelta(days=days)):
            answers = [Client().get(start), send_to(start, told()["document"])]
        assert {answer.status_code for answer in answers} <= {410, 405}
        assert Draft.objects.count() == 0

    def test_says_before_the_day_when_it_is(self) -> None:
        later = DriveFactory(on_date=date(2026, 11, 27), state=DriveState.PLANNED)
        page = Client().get(url("start", later))
        assert "2026-11-27" in page.content.decode()
        assert Client().post(url("part", later, "document"), told()["document"]).status_code == 200
        assert Draft.objects.count() == 0

    def test_ends_when_the_drive_is_closed(self) -> None:
        closed = DriveFactory(state=DriveState.CLOSED)
        assert Client().get(url("start", closed)).status_code == 410
        assert Client().post(url("part", closed, "document"), told()["document"]).status_code == 410

    def test_of_another_day_or_drive_opens_nothing(self, drive: Drive) -> None:
        drive.on_date = date(2026, 11, 21)
        moved = mark(drive)
        assert Client().get(reverse("own:start", args=[moved])).status_code == 200  # the row says the day
        head, _dot, tail = moved.partition(".")
        assert Client().get(f"/own/{head}.{tail[:-1]}x/").status_code == 404
        gone = Drive(id=uuid4(), on_date=drive.on_date)
        assert Client().get(reverse("own:start", args=[mark(gone)])).status_code == 404


def send_to(start: str, fields: dict[str, list[str]]) -> Any:
    return Client().post(f"{start}document/", fields)


class TestLimits:
    @pytest.mark.slow
    def test_let_a_queue_behind_one_address_through(self, drive: Drive) -> None:
        for _ in range(40):
            assert fill(Client(), drive).status_code == 302
        assert Draft.objects.filter(handed_in_at__isnull=False).count() == 40

    def test_stop_a_flood_for_a_quarter_of_an_hour(self, drive: Drive, settings: Any) -> None:
        settings.OWN_FORMS_PER_ADDRESS = 1
        phone, pages = Client(), told()
        with time_machine.travel(AT):
            for part, fields in pages.items():
                send(phone, drive, part, fields)
            assert send(Client(), drive, "document", pages["document"]).status_code == 429
            other = Client(REMOTE_ADDR="10.9.8.7")
            assert send(other, drive, "document", pages["document"]).status_code == 302
        with time_machine.travel(AT + timedelta(minutes=16)):
            assert send(Client(), drive, "document", pages["document"]).status_code == 302

    def test_stop_when_too_many_wait_at_one_drive(self, drive: Drive, settings: Any) -> None:
        settings.OWN_FORMS_WAITING_MOST = 2
        handed_in(drive)
        handed_in(drive)
        assert send(Client(), drive, "document", told()["document"]).status_code == 429

    def test_take_nothing_from_a_program_that_fills_everything(self, drive: Drive) -> None:
        answer = send(Client(), drive, "document", told()["document"], leave_empty="http://spam.example")
        assert answer.status_code == 422
        assert Draft.objects.count() == 0


class TestTheCoordinator:
    def scan(self, desk: Client, draft: Draft) -> Any:
        """Follow the code on the volunteer's phone."""
        return desk.get(reverse("drives:own", args=[draft.pk]))

    def confirm(self, desk: Client, draft: Draft, **changes: Any) -> Any:
        """Send the document's step as it stands there, but for what she changes."""
        typed_there = drafts.read(draft).typed(Step.DOCUMENT) or {}
        address = reverse("drives:step", args=[draft.drive_id, draft.pk, "document"])
        return desk.post(address, {**typed_there, **changes})

    def test_sees_who_waits_by_number_and_masked(self, desk: Client, drive: Drive) -> None:
        draft = handed_in(drive, name="王晓丽")
        page = desk.get(reverse("drives:board", args=[drive.pk])).content.decode()
        assert f"<b>{draft.number}</b>" in page
        assert "王**" in page
        assert "王晓丽" not in page
        assert reverse("drives:own", args=[draft.pk]) in page

    def test_sees_no_form_that_is_not_handed_in(self, desk: Client, drive: Drive) -> None:
        send(Client(), drive, "document", told(name="王晓丽")["document"])
        draft = Draft.objects.get()
        assert "王**" not in desk.get(reverse("drives:board", args=[drive.pk])).content.decode()
        assert self.scan(desk, draft).status_code == 404
        address = reverse("drives:step", args=[drive.pk, draft.pk, "document"])
        assert desk.get(address).status_code == 404

    def test_opens_it_by_its_code_filled_in(self, desk: Client, drive: Drive) -> None:
        draft = handed_in(drive, name="王晓丽")
        answer = self.scan(desk, draft)
        page = desk.get(answer["Location"]).content.decode()
        assert "王晓丽" in page
        assert 'name="seen"' in page
        assert TrailRow.objects.filter(verb="own_form.viewed").count() == 1

    @pytest.mark.parametrize("typed_as", ["{n}", " {n} ", "https://x.example/drives/own/{pk}/", "{pk}"])
    def test_opens_it_by_what_a_scanner_types(self, desk: Client, drive: Drive, typed_as: str) -> None:
        draft = handed_in(drive)
        code = typed_as.format(n=draft.number, pk=draft.pk)
        answer = desk.post(reverse("drives:take_own", args=[drive.pk]), {"code": code})
        assert answer["Location"] == reverse("drives:step", args=[drive.pk, draft.pk, "document"])

    @pytest.mark.parametrize("code", ["", "99", "x", "９９９９９９９９９９", "1x", "1" * 300, "\0", "１²"])
    def test_is_told_when_there_is_none(self, desk: Client, drive: Drive, code: str) -> None:
        handed_in(drive)
        answer = desk.post(reverse("drives:take_own", args=[drive.pk]), {"code": code}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("drives:board", args=[drive.pk])
        assert 'class="notice error"' in answer.content.decode()

    def test_must_have_seen_the_document(self, desk: Client, drive: Drive) -> None:
        draft = handed_in(drive)
        answer = self.confirm(desk, draft)
        assert answer.status_code == 422
        assert Draft.objects.get().seen_at is None
        for step in ("contacts", "health", "consents", "tube"):
            answer = desk.get(reverse("drives:step", args=[drive.pk, draft.pk, step]))
            assert answer["Location"].endswith("/document/")

    def test_goes_on_to_the_consents_at_once(self, desk: Client, drive: Drive, lin: Any) -> None:
        draft = handed_in(drive)
        answer = self.confirm(desk, draft, seen="on")
        assert answer["Location"].endswith("/consents/")
        seen = Draft.objects.get()
        assert (seen.seen_by_id, seen.wants_to_be_seen) == (str(lin.pk), False)
        page = desk.get(reverse("drives:board", args=[drive.pk])).context
        assert [one.draft.pk for one in page["waiting"]] == [draft.pk]
        assert page["own_forms"].is_empty

    def test_talks_with_who_is_not_sure_of_their_health(self, desk: Client, drive: Drive) -> None:
        draft = handed_in(drive, well="some")
        assert self.confirm(desk, draft, seen="on")["Location"].endswith("/health/")

    def test_alone_learns_that_somebody_is_registered(self, desk: Client, drive: Drive, lin: Any) -> None:
        known = donors.person().document_number
        factories.enrolled(drive, staff=lin, by=actor(lin), number=known)
        draft = handed_in(drive, number=known)
        answer = self.confirm(desk, draft, seen="on")
        assert answer.status_code == 422
        assert "This volunteer is already registered." in english(desk, answer, self, draft)
        assert Draft.objects.get(pk=draft.pk).seen_at is None

    def test_is_told_at_the_end_of_the_day_who_was_not_seen(self, desk: Client, drive: Drive) -> None:
        draft = handed_in(drive, name="王晓丽")
        page = desk.get(reverse("drives:close", args=[drive.pk]))
        assert [one.draft for one in page.context["unseen"].shown] == [draft]
        assert "王晓丽" not in page.content.decode()

    def test_tells_who_is_too_old(self, desk: Client, drive: Drive) -> None:
        number = donors.person(born_on=date(1970, 1, 1)).document_number
        draft = handed_in(drive, number=number)
        assert self.confirm(desk, draft, seen="on").status_code == 422

    def test_enrols_the_volunteer_with_a_tube(self, desk: Client, drive: Drive) -> None:
        draft, fields = handed_in(drive), typed()
        self.confirm(desk, draft, seen="on")
        for step in (Step.CONSENTS, Step.TUBE):
            answer = desk.post(reverse("drives:step", args=[drive.pk, draft.pk, step.value]), fields[step])
            assert answer.status_code == 302, answer.content.decode()
        donor = Donor.objects.get()
        assert donor.state == DonorState.SAMPLED
        assert donor.contacts.count() == 2
        done = Draft.objects.get()
        assert (done.donor, done.key, done.answers) == (donor, None, None)

    def test_confirms_no_form_of_another_branch(self, drive: Drive, signed_in: Any) -> None:
        draft = handed_in(drive)
        other = signed_in(StaffFactory(role=Role.COORDINATOR, branch=BranchFactory()))
        assert self.scan(other, draft).status_code == 404
        assert other.post(reverse("drives:take_own", args=[drive.pk]), {"code": "1"}).status_code == 404


def english(desk: Client, answer: Any, test: TestTheCoordinator, draft: Draft) -> str:
    desk.cookies["relay_language"] = "en"
    return test.confirm(desk, draft, seen="on").content.decode()


class TestTheHelper:
    @pytest.fixture
    def helper(self, drive: Drive) -> Any:
        """Return somebody who helps on this drive."""
        person = StaffFactory(role=Role.HELPER, branch=drive.branch)
        named.add(person, drive)
        return person

    def test_begins_with_one_volunteer_and_hands_them_on(
        self, helper: Any, drive: Drive, desk: Client, signed_in: Any
    ) -> None:
        draft, phone = handed_in(drive), signed_in(helper)
        assert phone.get(reverse("drives:own", args=[draft.pk])).status_code == 200
        answer = phone.post(reverse("drives:take_own", args=[drive.pk]), {"code": str(draft.pk)})
        typed_there = drafts.read(draft).typed(Step.DOCUMENT) or {}
        answer = phone.post(answer["Location"], {**typed_there, "seen": "on"})
        assert answer["Location"].endswith("/contacts/")
        assert Draft.objects.get().seen_at is None  # that is the coordinator's
        answer = desk.get(reverse("drives:step", args=[drive.pk, draft.pk, "consents"]))
        assert answer["Location"].endswith("/document/")

    def test_takes_nobody_away_from_somebody_else(
        self, helper: Any, drive: Drive, lin: Any, signed_in: Any
    ) -> None:
        draft = handed_in(drive)
        own.take_up(draft, staff=lin, by=actor(lin), at=AT)
        phone = signed_in(helper)
        phone.post(reverse("drives:take_own", args=[drive.pk]), {"code": str(draft.number)})
        assert Draft.objects.get().started_by == lin
        assert phone.get(reverse("drives:step", args=[drive.pk, draft.pk, "document"])).status_code == 404

    def test_cannot_confirm(self, helper: Any, drive: Drive) -> None:
        with pytest.raises(NotAllowed):
            own.confirm(handed_in(drive), by=actor(helper), at=AT)

    def test_sees_no_list(self, helper: Any, drive: Drive, signed_in: Any) -> None:
        handed_in(drive, name="王晓丽")
        page = signed_in(helper).get(reverse("drives:helping", args=[drive.pk])).content.decode()
        assert "王" not in page.replace(drive.branch.name, "").replace("生命同行", "")


class TestARegistration:
    def test_needs_a_coordinator_who_has_seen_the_document(self, drive: Drive, lin: Any) -> None:
        draft = factories.draft(drive, staff=lin, by=actor(lin))
        number = draft.number
        Draft.objects.filter(pk=draft.pk).update(own_form=True, handed_in_at=AT, number=number)
        with pytest.raises(DocumentNotSeen):
            actions.enrol(draft, by=actor(lin), at=AT)
        own.confirm(draft, by=actor(lin), at=AT)
        actions.enrol(draft, by=actor(lin), at=AT)
        assert Donor.objects.get().state == DonorState.SAMPLED


class TestTheDatabase:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"number": None},
            {"handed_in_at": None},
            {"own_form": False},
            {"seen_at": AT},
            {"seen_by_id": "x"},
        ],
    )
    def test_holds_an_own_form_together(self, drive: Drive, wrong: dict[str, Any]) -> None:
        draft = handed_in(drive)
        with pytest.raises(IntegrityError), transaction.atomic():
            Draft.objects.filter(pk=draft.pk).update(**wrong)

    def test_lets_no_unseen_form_become_a_donor(self, drive: Drive, lin: Any) -> None:
        draft, donor = handed_in(drive), factories.enrolled(drive, staff=lin, by=actor(lin))
        Draft.objects.filter(donor=donor).delete()
        done = {"donor": donor, "done_at": AT, "key": None, "answers": None}
        with pytest.raises(IntegrityError), transaction.atomic():
            Draft.objects.filter(pk=draft.pk).update(**done)


class TestPurging:
    def test_destroys_what_was_never_handed_in_the_next_day(self, drive: Drive, lin: Any) -> None:
        send(Client(), drive, "document", told()["document"])
        handed_in(drive)
        now = datetime.now(UTC)
        assert drafts.purge(by=actor(lin), at=now + timedelta(hours=23)) == 0
        assert drafts.purge(by=actor(lin), at=now + timedelta(hours=25)) == 1
        assert drafts.purge(by=actor(lin), at=now + timedelta(days=13)) == 0
        assert drafts.purge(by=actor(lin), at=now + timedelta(days=15)) == 1
        assert DataKey.objects.filter(label=None).count() == 0


class TestTheDemo:
    def test_has_volunteers_who_wait_with_their_numbers(self, desk: Client, drive: Drive) -> None:
        queueing.hand_in(drive, Crowd(seed=2026), area="330212", at=AT)
        waits = desk.get(reverse("drives:board", args=[drive.pk])).context["own_forms"].shown
        assert [one.draft.number for one in waits] == [1, 2, 3, 4]
        assert all(drafts.read(one.draft).is_done(Step.CONTACTS) for one in waits)


@pytest.mark.slow
def test_takes_the_same_time_for_everybody(drive: Drive, lin: Any, settings: Any) -> None:
    """A hundred of each, one after the other: the document of a donor, and one of nobody."""
    settings.OWN_FORMS_PER_ADDRESS = settings.OWN_FORMS_WAITING_MOST = 10_000
    known, unknown = donors.person().document_number, donors.person().document_number
    factories.enrolled(drive, staff=lin, by=actor(lin), number=known)
    pages = [told(name="王晓", number=number)["document"] for number in (known, unknown)]
    assert timing.are_alike(
        [lambda page=page: send(Client(), drive, "document", page) for page in pages], rounds=100
    )
