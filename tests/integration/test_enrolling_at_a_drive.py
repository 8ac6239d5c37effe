"""A coordinator enrols volunteers at a drive, step by step."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import zxingcpp
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from consent.models import Consent
from consent.states import State
from foundation import moves
from foundation.access import Role
from foundation.ids import uuid7
from foundation.trail.models import TrailRow
from foundation.vault import DataKey, Subject
from registry.donors.models import Donor
from registry.donors.states import DonorState
from registry.drives import actions, queries
from registry.drives.actions import drafts
from registry.drives.models import Draft, Drive, DriveClosing
from registry.drives.own_forms import posters
from registry.drives.states import CalledOff, DriveState, Step
from registry.samples.models import Sample
from tests.at_a_drive import AT, drive, lin, today
from tests.factories import drives as factories
from tests.factories.drives import DriveFactory, typed
from tests.factories.foundation import BranchFactory, StaffFactory, actor

__all__ = ["drive", "lin", "today"]  # fixtures
pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def client(lin: Any, signed_in: Any) -> Client:
    """Return her browser."""
    return signed_in(lin)


def begin(client: Client, drive: Drive, told: dict[Step, dict[str, list[str]]]) -> Draft:
    """Send the first step."""
    draft_id = uuid7()
    answer = client.post(
        reverse("drives:enrol", args=[drive.pk]), {**told[Step.DOCUMENT], "draft": str(draft_id)}
    )
    assert answer.status_code == 302, answer.content.decode()
    return Draft.objects.get(pk=draft_id)


def send(client: Client, draft: Draft, step: Step, fields: dict[str, list[str]], **more: Any) -> Any:
    """Send one step."""
    headers = more.pop("headers", None)
    return client.post(
        reverse("drives:step", args=[draft.drive_id, draft.pk, step.value]),
        {**fields, **more},
        headers=headers,
    )


def walk(client: Client, drive: Drive, told: dict[Step, dict[str, list[str]]]) -> Draft:
    """Send all steps but the last."""
    draft = begin(client, drive, told)
    for step in (Step.CONTACTS, Step.HEALTH, Step.CONSENTS):
        answer = send(client, draft, step, told[step])
        assert answer.status_code == 302, answer.content.decode()
    return draft


class TestEnrolment:
    def test_makes_a_donor_with_consents_and_a_tube(self, client: Client, drive: Drive) -> None:
        told = typed()
        draft = walk(client, drive, told)

        answer = send(client, draft, Step.TUBE, told[Step.TUBE])

        assert answer.status_code == 302
        assert answer["Location"].endswith("/done/")
        donor = Donor.objects.get()
        assert (donor.state, donor.drive_id) == (DonorState.SAMPLED, drive.pk)
        assert Sample.objects.get().donor_id == donor.pk
        assert set(Consent.objects.filter(subject=donor.subject).values_list("state", flat=True)) >= {
            State.SIGNED
        }
        page = client.get(answer["Location"])
        assert page.status_code == 200
        assert Sample.objects.get().barcode in page.content.decode()

    def test_destroys_the_draft_and_its_key(self, client: Client, drive: Drive) -> None:
        told = typed()
        draft = walk(client, drive, told)
        key_id = draft.key_id
        send(client, draft, Step.TUBE, told[Step.TUBE])

        done = Draft.objects.get(pk=draft.pk)
        assert (done.key_id, done.answers) == (None, None)
        assert not DataKey.objects.filter(pk=key_id).exists()

    def test_keeps_the_language_in_which_the_words_were_read(self, client: Client, drive: Drive) -> None:
        told = typed()
        told[Step.CONSENTS]["language"] = ["zh-hans"]
        draft = begin(client, drive, told)
        for step in (Step.CONTACTS, Step.HEALTH):
            send(client, draft, step, told[step])
        client.post(reverse("desk:language"), {"language": "en", "next": "/"})  # in another tab
        send(client, draft, Step.CONSENTS, told[Step.CONSENTS])

        page = client.get(reverse("drives:step", args=[drive.pk, draft.pk, "consents"]))
        assert page.context["form"].asked_anew
        assert page.context["form"].body.language == "en"
        assert not page.context["form"]["agree_register"].value()

        send(client, draft, Step.TUBE, told[Step.TUBE])
        assert set(Consent.objects.values_list("language", flat=True)) == {"zh-hans"}

    def test_sent_twice_enrols_once(self, client: Client, drive: Drive) -> None:
        told = typed()
        draft = walk(client, drive, told)

        first = send(client, draft, Step.TUBE, told[Step.TUBE])
        second = send(client, draft, Step.TUBE, told[Step.TUBE])

        assert first["Location"] == second["Location"]
        assert Donor.objects.count() == 1

    def test_keeps_what_was_typed_when_something_is_wrong(self, client: Client, drive: Drive) -> None:
        told = typed(second_phone="123")
        draft = begin(client, drive, told)

        answer = send(client, draft, Step.CONTACTS, told[Step.CONTACTS])

        assert answer.status_code == 422
        assert "张建国" in answer.content.decode()
        again = client.get(reverse("drives:step", args=[drive.pk, draft.pk, "contacts"]))
        assert "张建国" in again.content.decode()

    def test_goes_back_and_forward_with_what_was_typed(self, client: Client, drive: Drive) -> None:
        told = typed()
        draft = walk(client, drive, told)

        answer = send(client, draft, Step.TUBE, {"barcode": ["HALF-TYPED"]}, then="back")
        assert answer["Location"].endswith("/consents/")
        page = client.get(reverse("drives:step", args=[drive.pk, draft.pk, "tube"]))
        assert "HALF-TYPED" in page.content.decode()

    def test_can_be_gone_on_with_later(self, client: Client, drive: Drive) -> None:
        told = typed()
        draft = begin(client, drive, told)
        answer = send(client, draft, Step.CONTACTS, {"phone": ["13812340000"]}, then="later")
        assert answer["Location"] == reverse("drives:board", args=[drive.pk])

        board = client.get(answer["Location"]).content.decode()
        assert reverse("drives:step", args=[drive.pk, draft.pk, "contacts"]) in board

    def test_leads_back_to_the_first_step_that_is_open(self, client: Client, drive: Drive) -> None:
        draft = begin(client, drive, typed())
        answer = client.get(reverse("drives:step", args=[drive.pk, draft.pk, "tube"]))
        assert answer["Location"].endswith("/contacts/")

    def test_says_one_sentence_when_somebody_is_registered(self, client: Client, drive: Drive) -> None:
        told = typed()
        draft = walk(client, drive, told)
        send(client, draft, Step.TUBE, told[Step.TUBE])

        again = client.post(
            reverse("drives:enrol", args=[drive.pk]), {**told[Step.DOCUMENT], "draft": str(uuid7())}
        )

        assert again.status_code == 422
        assert Donor.objects.get().grid not in again.content.decode()
        assert TrailRow.objects.filter(verb="door.already_registered").count() == 2

    @pytest.mark.parametrize(
        ("number", "sentence"), [("330106198011201117", "45"), ("330106200901011117", "18")]
    )
    def test_tells_kindly_why_not(self, client: Client, drive: Drive, number: str, sentence: str) -> None:
        from stdnum.iso7064 import mod_11_2  # noqa: PLC0415

        number = number[:17] + mod_11_2.calc_check_digit(number[:17])
        told = typed(number=number)
        answer = client.post(
            reverse("drives:enrol", args=[drive.pk]), {**told[Step.DOCUMENT], "draft": str(uuid7())},
            headers={"Accept-Language": "en"},
        )  # fmt: skip
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert Subject.objects.count() == 0

    def test_is_refused_for_a_condition_without_speaking_of_numbers(
        self, client: Client, drive: Drive
    ) -> None:
        told = typed()
        draft = begin(client, drive, told)
        send(client, draft, Step.CONTACTS, told[Step.CONTACTS])
        ill = {"weight_kg": ["56"], "blood_group": ["A"], "conditions": ["P_CARDIO"]}

        page = send(client, draft, Step.HEALTH, ill, headers={"accept-language": "en"}).content.decode()

        assert "If something was mistyped, mend it below." in page
        assert "digit was" not in page

    def test_is_refused_whole_when_the_tube_is_taken(self, client: Client, drive: Drive) -> None:
        one, two = typed(barcode="TUBE-0001"), typed(barcode="TUBE-0001")
        send(client, walk(client, drive, one), Step.TUBE, one[Step.TUBE])

        answer = send(client, walk(client, drive, two), Step.TUBE, two[Step.TUBE])

        assert answer.status_code == 422
        assert (Donor.objects.count(), Subject.objects.count()) == (1, 1)

    def test_is_not_seen_by_another_county(self, client: Client, drive: Drive, signed_in: Any) -> None:
        draft = begin(client, drive, typed())
        stranger = signed_in(StaffFactory(role=Role.COORDINATOR, branch=BranchFactory()))
        for url in (
            reverse("drives:board", args=[drive.pk]),
            reverse("drives:enrol", args=[drive.pk]),
            reverse("drives:step", args=[drive.pk, draft.pk, "contacts"]),
        ):
            assert stranger.get(url).status_code == 404

    def test_needs_an_open_drive(self, client: Client, lin: Any) -> None:
        planned = DriveFactory(branch=lin.roles.get().branch, state=DriveState.PLANNED)
        answer = client.get(reverse("drives:enrol", args=[planned.pk]))
        assert answer["Location"] == reverse("drives:board", args=[planned.pk])


class TestSession:
    def test_that_ended_leads_back_to_the_draft(self, client: Client, drive: Drive, lin: Any) -> None:
        draft = factories.draft(drive, staff=lin, by=actor(lin))
        url = reverse("drives:step", args=[drive.pk, draft.pk, "health"])
        client.logout()

        answer = client.post(url, {"weight_kg": "60"}, headers={"referer": f"http://testserver{url}"})

        assert answer.status_code == 302
        assert quote(url, safe="") in answer["Location"]


class TestBoard:
    def test_names_people_at_ones_own_drive_and_says_so_on_the_trail(
        self, client: Client, drive: Drive, lin: Any
    ) -> None:
        factories.draft(drive, staff=lin, by=actor(lin), name="欧阳娜娜")
        page = client.get(reverse("drives:board", args=[drive.pk])).content.decode()
        assert "欧阳娜娜" in page
        assert TrailRow.objects.filter(verb="person.named").count() == 1

    def test_masks_people_at_a_drive_of_another_day(self, client: Client, drive: Drive, lin: Any) -> None:
        factories.draft(drive, staff=lin, by=actor(lin), name="欧阳娜娜")
        Drive.objects.update(on_date=date(2026, 11, 19))
        page = client.get(reverse("drives:board", args=[drive.pk])).content.decode()
        assert "欧阳娜娜" not in page
        assert "欧**" in page

    def test_costs_as_many_queries_for_many_as_for_few(
        self, client: Client, drive: Drive, lin: Any, django_assert_max_num_queries: Any
    ) -> None:
        def enrol_one() -> None:
            factories.enrolled(drive, staff=lin, by=actor(lin))
            factories.draft(drive, staff=lin, by=actor(lin))
            Sample.objects.update(state="REJECTED", reject_reason="LOST")

        url = reverse("drives:board", args=[drive.pk])
        enrol_one()
        with CaptureQueriesContext(connection) as few:
            client.get(url)
        for _ in range(4):
            enrol_one()
        with django_assert_max_num_queries(len(few)):
            client.get(url)


class TestDrafts:
    def test_keep_no_answer_about_illness(self, client: Client, drive: Drive, lin: Any) -> None:
        draft = factories.draft(drive, staff=lin, by=actor(lin))
        told = {"weight_kg": "60", "conditions": ["P_INFECTION"]}
        assert send(client, draft, Step.HEALTH, told).status_code == 422
        assert "P_INFECTION" not in drafts.read(Draft.objects.get()).write()

    def test_are_purged_after_two_weeks(self, drive: Drive, lin: Any) -> None:
        draft = factories.draft(drive, staff=lin, by=actor(lin))
        kept = drafts.purge(by=actor(lin), at=datetime(2026, 12, 3, tzinfo=UTC))
        assert (kept, Draft.objects.count()) == (0, 1)

        assert drafts.purge(by=actor(lin), at=datetime(2026, 12, 5, tzinfo=UTC)) == 1
        assert not DataKey.objects.filter(pk=draft.key_id).exists()

    def test_are_purged_after_the_people_of_old_appointments_are_locked(
        self, drive: Drive, lin: Any, monkeypatch: Any
    ) -> None:
        """Who comes hands in a draft under the lock of their person: the other way round they would cross."""
        with CaptureQueriesContext(connection) as asked:
            read: list[str] = []
            monkeypatch.setattr(
                drafts.vault, "lock", lambda *_: read.extend(one["sql"] for one in asked.captured_queries)
            )
            drafts.purge(by=actor(lin), at=AT)

        assert read
        assert not [sql for sql in read if 'FROM "registry_draft"' in sql]

    def test_are_thrown_away_with_their_key(self, client: Client, drive: Drive, lin: Any) -> None:
        draft = factories.draft(drive, staff=lin, by=actor(lin))
        client.post(reverse("drives:discard", args=[drive.pk, draft.pk]))
        assert not Draft.objects.exists()
        assert not DataKey.objects.filter(pk=draft.key_id).exists()

    def test_hold_nothing_in_clear(self, drive: Drive, lin: Any) -> None:
        draft = factories.draft(drive, staff=lin, by=actor(lin))
        assert "张建国".encode() not in draft.answers.blob
        assert drafts.read(draft).first_open is None


class TestClosing:
    def test_agrees_when_the_box_holds_what_the_program_counts(
        self, client: Client, drive: Drive, lin: Any
    ) -> None:
        factories.enrolled(drive, staff=lin, by=actor(lin))
        url = reverse("drives:close", args=[drive.pk])
        assert client.get(url).status_code == 200

        closed = client.post(url, {"tubes": "1", "papers": "1"})

        assert closed.status_code == 302
        assert Drive.objects.get().state == DriveState.CLOSED
        slip = client.get(closed["Location"])
        assert Sample.objects.get().barcode in slip.content.decode()

    def test_is_refused_while_the_box_holds_another_number(
        self, client: Client, drive: Drive, lin: Any
    ) -> None:
        factories.enrolled(drive, staff=lin, by=actor(lin))
        url = reverse("drives:close", args=[drive.pk])
        assert client.post(url, {"tubes": "2", "papers": "1"}).status_code == 422
        assert Drive.objects.get().state == DriveState.OPEN
        with pytest.raises(moves.Refused):
            actions.close(drive, day=DAY, counted=actions.Counted(2, 1), by=actor(lin), at=AT)

        assert client.post(url, {"tubes": "2", "papers": "1", "difference": "OTHER_DRIVE"}).status_code == 302
        assert DriveClosing.objects.get().difference == "OTHER_DRIVE"

    def test_names_who_lacks_a_tube_and_asks_why(self, client: Client, drive: Drive, lin: Any) -> None:
        donor = factories.enrolled(drive, staff=lin, by=actor(lin))
        Sample.objects.update(state="REJECTED", reject_reason="LOST")
        url = reverse("drives:close", args=[drive.pk])
        assert str(donor.pk) in client.get(reverse("drives:board", args=[drive.pk])).content.decode()
        assert client.post(url, {"tubes": "0", "papers": "1"}).status_code == 422

        told = {"tubes": "0", "papers": "1", f"why_{donor.pk.hex}_TUBE": "TUBE_NOT_FOUND"}
        assert client.post(url, told).status_code == 302
        assert DriveClosing.objects.get().gaps.get().reason == "TUBE_NOT_FOUND"

    def test_ends_the_enrolment(self, drive: Drive, lin: Any) -> None:
        draft = factories.draft(drive, staff=lin, by=actor(lin))
        actions.close(drive, day=DAY, counted=actions.Counted(0), by=actor(lin), at=AT)
        with pytest.raises(actions.DriveNotOpen):
            actions.enrol(draft, by=actor(lin), at=AT)

    def test_of_an_office_leaves_it_open(self, lin: Any) -> None:
        office = actions.office_of(lin.roles.get().branch, by=actor(lin), at=AT)
        actions.close(office, day=DAY, counted=actions.Counted(0), by=actor(lin), at=AT)
        assert Drive.objects.get(pk=office.pk).state == DriveState.OPEN

    def test_gives_the_slip_as_a_pdf(self, client: Client, drive: Drive, lin: Any) -> None:
        factories.enrolled(drive, staff=lin, by=actor(lin))
        closing = actions.close(drive, day=DAY, counted=actions.Counted(1, 1), by=actor(lin), at=AT)
        answer = client.get(reverse("drives:slip_pdf", args=[drive.pk, closing.pk]))
        assert answer.content.startswith(b"%PDF")


class TestCallingOff:
    def test_takes_the_drive_out_of_the_day_and_says_why(
        self, client: Client, drive: Drive, lin: Any
    ) -> None:
        url = reverse("drives:call_off", args=[drive.pk])
        assert url in client.get(reverse("drives:board", args=[drive.pk])).content.decode()

        client.post(url, {"why": "WEATHER"})

        drive = Drive.objects.get()
        assert (drive.state, queries.why_called_off(drive)) == (DriveState.CLOSED, "WEATHER")
        for page in (reverse("drives:board", args=[drive.pk]), reverse("drives:calendar"), "/"):
            assert "Called off" in client.get(page, headers=ENGLISH).content.decode()
        poster = reverse("own:start", args=[posters.mark_of(drive, today=DAY)])
        assert client.get(poster).status_code == 410

    def test_is_taken_back_by_opening_it_on_its_day(self, client: Client, drive: Drive, lin: Any) -> None:
        actions.call_off(drive, why=CalledOff.PLACE, by=actor(lin), at=AT)

        actions.open_drive(drive, by=actor(lin), at=AT + timedelta(minutes=1))

        assert queries.why_called_off(drive) is None
        assert "Called off" not in client.get(reverse("drives:calendar"), headers=ENGLISH).content.decode()

    def test_is_refused_where_somebody_was_enrolled(self, client: Client, drive: Drive, lin: Any) -> None:
        factories.enrolled(drive, staff=lin, by=actor(lin))

        answer = client.post(
            reverse("drives:call_off", args=[drive.pk]), {"why": "FEW"}, headers=ENGLISH
        ).content.decode()

        assert "Somebody was enrolled here. Count the day up instead." in answer
        assert Drive.objects.get().state == DriveState.OPEN

    def test_is_refused_before_who_has_an_appointment_was_rung(self, drive: Drive, lin: Any) -> None:
        soon = AT + timedelta(hours=2)
        one = actions.book(drive, name="王丽华", phone="+8613800001111", starts_at=soon, by=actor(lin), at=AT)
        with pytest.raises(moves.Refused):
            actions.call_off(drive, why=CalledOff.STAFF, by=actor(lin), at=AT)

        actions.cancel(one, by=actor(lin), at=AT)
        actions.call_off(drive, why=CalledOff.STAFF, by=actor(lin), at=AT)

    def test_is_refused_to_an_office_and_to_who_leads_no_drive(self, drive: Drive, lin: Any) -> None:
        office = actions.office_of(drive.branch, by=actor(lin), at=AT)
        with pytest.raises(moves.Refused):
            actions.call_off(office, why=CalledOff.OTHER, by=actor(lin), at=AT)
        helper = actor(StaffFactory(role=Role.CASEWORKER, branch=drive.branch))
        with pytest.raises(moves.NotAllowed):
            actions.call_off(drive, why=CalledOff.OTHER, by=helper, at=AT)


class TestATubeForSomebodyRegistered:
    """The drive had none, or the laboratory needs another."""

    @pytest.fixture
    def donor(self, drive: Drive, lin: Any) -> Donor:
        """Return somebody whose first tube is of no use."""
        donor = factories.enrolled(drive, staff=lin, by=actor(lin))
        Sample.objects.update(state="REJECTED", reject_reason="LOST")
        Donor.objects.update(state=DonorState.REGISTERED)
        return donor

    def test_is_offered_on_the_board_and_on_their_page(
        self, client: Client, drive: Drive, donor: Donor
    ) -> None:
        url = reverse("drives:take", args=[donor.pk])
        for page in (reverse("drives:board", args=[drive.pk]), reverse("donors:detail", args=[donor.pk])):
            assert url in client.get(page).content.decode()

    def test_is_taken(self, client: Client, donor: Donor) -> None:
        url = reverse("drives:take", args=[donor.pk])
        assert client.post(url, {"barcode": "", "kind": "BLOOD", "volume_ml": "7"}).status_code == 422
        answer = client.post(url, {"barcode": "NB26ABC0001", "kind": "BLOOD", "volume_ml": "7"})
        assert answer.headers["Location"] == reverse("donors:detail", args=[donor.pk])
        assert Donor.objects.get().state == DonorState.SAMPLED
        assert Sample.objects.filter(donor=donor, barcode="NB26ABC0001", state="TAKEN").exists()

    def test_is_taken_once(self, client: Client, drive: Drive, lin: Any) -> None:
        donor = factories.enrolled(drive, staff=lin, by=actor(lin))
        told = {"barcode": "NB26ABC0002", "kind": "BLOOD", "volume_ml": "7"}
        assert client.post(reverse("drives:take", args=[donor.pk]), told).status_code == 302
        assert Sample.objects.filter(donor=donor).count() == 1


def scanned(page: str) -> str:
    """Paint the first QR code of a page, row by row, and read it as a telephone does."""
    size, drawn = re.findall(r'viewBox="0 0 (\d+) \d+" class="qr"><path [^>]*d="([^"]+)"', page)[0]
    picture, x, y = Image.new("L", (int(size), int(size)), 255), 0, 0
    for kind, across, down in re.findall(r"([Mmh])(-?\d+)(?: (\d+))?", drawn):
        if kind == "h":
            picture.paste(0, (x, y, x + int(across), y + 1))
        x, y = int(across) + (x if kind != "M" else 0), y + int(down or 0)
    return zxingcpp.read_barcodes(picture.resize((picture.width * 4, picture.height * 4)))[0].text


class TestPages:
    @pytest.mark.parametrize("name", ["calendar", "plan", "places"])
    def test_of_the_calendar_are_shown(self, client: Client, name: str) -> None:
        assert client.get(reverse(f"drives:{name}")).status_code == 200

    @pytest.mark.parametrize("name", ["board", "change", "close", "team", "card", "enrol"])
    def test_of_a_drive_are_shown(self, client: Client, drive: Drive, lin: Any, name: str) -> None:
        factories.draft(drive, staff=lin, by=actor(lin))
        assert client.get(reverse(f"drives:{name}", args=[drive.pk])).status_code == 200

    def test_for_who_may_come_later_says_when_and_so_does_its_code(
        self, client: Client, drive: Drive
    ) -> None:
        page = client.get(reverse("drives:card", args=[drive.pk]), {"on": "2027-02-28"}).content.decode()
        said = scanned(page)

        assert "<b>2027-02-28</b>" in page
        assert "DTSTART;VALUE=DATE:20270228\r\n" in said
        assert f"LOCATION:{drive.branch.name}\r\n" in said

    def test_of_every_step_are_shown(self, client: Client, drive: Drive, lin: Any) -> None:
        draft = factories.draft(drive, staff=lin, by=actor(lin))
        for step in ("document", "contacts", "health", "consents", "tube"):
            assert client.get(reverse("drives:step", args=[drive.pk, draft.pk, step])).status_code == 200

    def test_plan_open_and_change_a_drive(self, client: Client, lin: Any) -> None:
        branch = lin.roles.get().branch
        told = {"name": "学院", "branch": str(branch.pk), "on_date": "2026-11-20", "expected": "60"}
        answer = client.post(reverse("drives:plan"), told)
        assert answer.status_code == 302, answer.content.decode()
        planned = Drive.objects.get(name="学院")
        client.post(reverse("drives:open", args=[planned.pk]))
        assert Drive.objects.get(pk=planned.pk).state == DriveState.OPEN
        client.post(reverse("drives:change", args=[planned.pk]), told | {"expected": "80"})
        assert Drive.objects.get(pk=planned.pk).expected == 80

    def test_of_the_office_expect_and_receive(self, client: Client, lin: Any) -> None:
        answer = client.post(reverse("drives:office"))
        office = Drive.objects.get(kind="OFFICE")
        assert answer["Location"] == reverse("drives:board", args=[office.pk])
        told = {"name": "王丽", "phone": "13812340001", "starts_at": "2026-11-20T10:00"}
        client.post(reverse("drives:appointments", args=[office.pk]), told)
        page = client.get(reverse("drives:appointments", args=[office.pk])).content.decode()
        assert "王**" in page
        assert "王丽" not in page
        came = client.post(reverse("drives:came", args=[office.pk, office.appointments.get().pk]))
        assert came["Location"] == reverse("drives:enrol", args=[office.pk])


class TestHelper:
    def test_takes_one_volunteer_to_the_coordinator(
        self, client: Client, drive: Drive, signed_in: Any
    ) -> None:
        made = client.post(reverse("drives:helper", args=[drive.pk]), {"name": "小赵"})
        assert made.status_code == 200, made.content.decode()
        helper = drive.helpers.get()
        theirs = signed_in(helper.staff)

        board = theirs.get(reverse("drives:board", args=[drive.pk]))
        assert board["Location"] == reverse("drives:helping", args=[drive.pk])
        assert theirs.get(board["Location"]).status_code == 200
        told = typed()
        draft = begin(theirs, drive, told)
        send(theirs, draft, Step.CONTACTS, told[Step.CONTACTS])
        handed = send(theirs, draft, Step.HEALTH, told[Step.HEALTH])
        assert handed["Location"].endswith("/handed-on/")
        assert theirs.get(handed["Location"]).status_code == 200
        refused = theirs.get(reverse("drives:step", args=[drive.pk, draft.pk, "consents"]))
        assert refused["Location"].endswith("/handed-on/")
        assert theirs.get(reverse("drives:close", args=[drive.pk])).status_code == 403

        client.post(reverse("drives:end_helper", args=[drive.pk, helper.pk]))
        assert theirs.get(reverse("drives:helping", args=[drive.pk])).status_code in {302, 403}

    def test_sees_nobody_elses_draft(self, client: Client, drive: Drive, signed_in: Any) -> None:
        other = begin(client, drive, typed())
        client.post(reverse("drives:helper", args=[drive.pk]), {"name": "小赵"})
        theirs = signed_in(drive.helpers.get().staff)
        assert theirs.get(reverse("drives:step", args=[drive.pk, other.pk, "contacts"])).status_code == 404


class TestToday:
    def test_shows_todays_drive_with_its_counts(self, client: Client, drive: Drive, lin: Any) -> None:
        factories.enrolled(drive, staff=lin, by=actor(lin))
        page = client.get("/").content.decode()
        assert drive.name in page
        assert reverse("drives:enrol", args=[drive.pk]) in page

    def test_shows_a_helper_their_drive(self, client: Client, drive: Drive, signed_in: Any) -> None:
        client.post(reverse("drives:helper", args=[drive.pk]), {"name": "小赵"})
        page = signed_in(drive.helpers.get().staff).get("/").content.decode()
        assert reverse("drives:helping", args=[drive.pk]) in page
