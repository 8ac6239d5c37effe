"""Somebody whose number has changed leaves the new one; the page answers everybody alike."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foundation import vault
from foundation.access import Role, task_actor
from foundation.trail.models import TrailRow
from foundation.vault import DataKey
from registry.donors import actions
from registry.donors.models import CallKind, CallTask, Donor, MovedNote
from registry.donors.moved import actions as moved
from registry.donors.moved.tasks import compare_left_numbers
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from tests import timing
from tests.factories import donors
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
NEW = "15912345678"


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be a Friday."""
    with time_machine.travel(AT, tick=True):
        yield


@pytest.fixture
def donor() -> Donor:
    """Return somebody who is listed at a county."""
    return DonorFactory(state=DonorState.LISTED, about={"name": "王丽华"})


def said(donor: Donor, **changes: Any) -> dict[str, str]:
    """Return what the donor would type."""
    number = vault.open_one(donor, "document")["document"]
    return {"name": "王丽华", "kind": "RESIDENT_ID", "number": str(number), "phone": NEW, **changes}


def leave(fields: dict[str, str], **browser: Any) -> Any:
    """Send the form from a phone that was never here."""
    return Client(**browser).post(reverse("moved:moved"), fields)


def number_left(task: CallTask) -> list[str]:
    return actions.left_numbers(task)


def bare(page: Any) -> bytes:
    """Return a page without the token that is another on every one."""
    return re.sub(rb'value="[A-Za-z0-9]{64}"', b"", page.content)


class TestThePage:
    def test_thanks_and_looks_nobody_up(self, donor: Donor) -> None:
        with CaptureQueriesContext(connection) as asked:
            answer = leave(said(donor))
        assert (answer.status_code, answer["Location"]) == (302, reverse("moved:thanks"))
        tables = " ".join(one["sql"] for one in asked)
        assert "registry_donor" not in tables
        assert "foundation_subject" not in tables
        assert CallTask.objects.count() == 0

    def test_answers_alike_whether_or_not_somebody_is_registered(self, donor: Donor) -> None:
        stranger = donors.person()
        told = [
            said(donor),
            said(donor, name="李晓"),
            said(donor, number=stranger.document_number, name=stranger.name),
        ]
        seen = []
        for fields in told:
            phone = Client()
            with CaptureQueriesContext(connection) as asked:
                answer = phone.post(reverse("moved:moved"), fields)
            thanks = phone.get(answer["Location"])
            headers = {name: value for name, value in answer.items() if name != "Content-Length"}
            seen.append((answer.status_code, headers, len(asked), bare(thanks)))
        assert seen[0] == seen[1] == seen[2]

    def test_keeps_nothing_of_it_on_the_device(self, donor: Donor) -> None:
        phone = Client()
        answers = [phone.get(reverse("moved:moved")), phone.post(reverse("moved:moved"), said(donor))]
        answers.append(phone.get(answers[1]["Location"]))
        for answer in answers:
            assert "no-store" in answer["Cache-Control"]
        assert NEW not in answers[2].content.decode()

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [("phone", "123"), ("number", "330106199903050012"), ("name", ""), ("kind", "X"), ("phone", "\0")],
    )
    def test_says_what_is_mistyped(self, donor: Donor, field: str, wrong: str) -> None:
        answer = leave(said(donor, **{field: wrong}))
        assert answer.status_code == 422
        assert f'href="#id_{field}"' in answer.content.decode()
        assert MovedNote.objects.count() == 0

    def test_names_the_branch_of_the_card(self) -> None:
        branch = BranchFactory(name="鄞州区红十字会", phone="0574-88000000")
        page = Client().get(reverse("moved:at", args=[branch.pk])).content.decode()
        assert "鄞州区红十字会" in page
        assert "0574-88000000" in page
        thanks = Client().get(reverse("moved:thanks_at", args=[branch.pk])).content.decode()
        assert "tel:0574-88000000" in thanks

    def test_takes_nothing_from_a_program_that_fills_everything(self, donor: Donor) -> None:
        assert leave(said(donor, leave_empty="x")).status_code == 422
        assert MovedNote.objects.count() == 0

    def test_stops_a_flood_from_one_address(self, donor: Donor, settings: Any) -> None:
        settings.MOVED_PER_ADDRESS = 2
        with time_machine.travel(AT):
            answers = [leave(said(donor)).status_code for _ in range(3)]
            assert answers == [302, 302, 429]
            assert leave(said(donor), REMOTE_ADDR="10.9.8.7").status_code == 302
        with time_machine.travel(AT + timedelta(minutes=16)):
            assert leave(said(donor)).status_code == 302

    def test_stops_when_too_many_wait(self, donor: Donor, settings: Any) -> None:
        settings.MOVED_WAITING_MOST = 1
        assert [leave(said(donor)).status_code for _ in range(2)] == [302, 429]


class TestComparing:
    def compare(self) -> tuple[int, int]:
        """Do what happens each minute."""
        return moved.compare_all(by=task_actor("donors.moved"), at=timezone.now())

    def test_asks_the_donor_s_branch_to_ring(self, donor: Donor) -> None:
        leave(said(donor))
        assert self.compare() == (1, 1)
        task = CallTask.objects.get()
        assert (task.donor, task.kind, task.service_path) == (donor, CallKind.NEW_NUMBER, donor.service_path)
        assert number_left(task) == [f"+86{NEW}"]

    @pytest.mark.parametrize("name", ["王丽华", "WANG LIHUA"])
    def test_reaches_somebody_by_either_document_of_two_records_that_were_joined(
        self, donor: Donor, name: str
    ) -> None:
        shell = DonorFactory(about={"name": "WANG LIHUA"}, state=DonorState.TRANSFERRED)
        nowhere = {"service_path": "", "owner_path": ""}
        Donor.objects.filter(pk=shell.pk).update(merged_into=donor, left_reason=Reason.MERGED, **nowhere)
        leave(said(shell, name=name))
        assert self.compare() == (1, 1)
        assert number_left(CallTask.objects.get(donor=donor)) == [f"+86{NEW}"]

    def test_reaches_somebody_whose_records_are_joined_while_it_is_compared(
        self, donor: Donor, monkeypatch: Any
    ) -> None:
        shell = DonorFactory(about={"name": "王丽华"}, state=DonorState.TRANSFERRED)
        leave(said(shell))
        nowhere = {"service_path": "", "owner_path": ""}
        Donor.objects.filter(pk=shell.pk).update(merged_into=donor, left_reason=Reason.MERGED, **nowhere)
        monkeypatch.setattr(moved, "holder_of", lambda _index: shell)  # as it was read before the lock
        assert self.compare() == (1, 1)
        assert number_left(CallTask.objects.get(donor=donor)) == [f"+86{NEW}"]

    def test_changes_nothing_on_the_record(self, donor: Donor) -> None:
        before = Donor.objects.values().get()
        leave(said(donor))
        self.compare()
        assert Donor.objects.values().get() == before

    @pytest.mark.parametrize("name", ["王丽华", " 王 丽华 ", "王丽华\u200b"])
    def test_reads_a_name_however_it_is_spaced(self, donor: Donor, name: str) -> None:
        leave(said(donor, name=name))
        assert self.compare() == (1, 1)

    def test_reads_a_number_in_full_width(self, donor: Donor) -> None:
        fields = said(donor)
        leave({**fields, "number": "".join(chr(ord(c) + 0xFEE0) for c in fields["number"])})
        assert self.compare() == (1, 1)

    def test_of_another_name_leaves_nothing(self, donor: Donor) -> None:
        leave(said(donor, name="李晓"))
        self.check_nothing_is_left()

    def test_of_nobody_leaves_nothing(self, donor: Donor) -> None:
        leave(said(donor, number=donors.person().document_number))
        self.check_nothing_is_left()

    @pytest.mark.parametrize("state", [DonorState.WITHDRAWN, DonorState.DECEASED, DonorState.AGED_OUT])
    def test_of_somebody_who_has_left_leaves_nothing(self, state: DonorState) -> None:
        leave(said(DonorFactory(state=state, about={"name": "王丽华"})))
        self.check_nothing_is_left()

    def check_nothing_is_left(self) -> None:
        keys = DataKey.objects.count()
        assert self.compare() == (1, 0)
        assert CallTask.objects.count() == MovedNote.objects.count() == 0
        assert DataKey.objects.count() == keys - 1
        row = TrailRow.objects.get(verb="moved.compared")
        assert b'"fitted":0,"notes":1' in bytes(row.body)

    def test_destroys_the_note_and_its_key(self, donor: Donor) -> None:
        leave(said(donor))
        key_id = MovedNote.objects.get().key_id
        self.compare()
        assert MovedNote.objects.count() == 0
        assert not DataKey.objects.filter(pk=key_id).exists()

    def test_of_many_notes_makes_one_call(self, donor: Donor) -> None:
        for phone in (NEW, "15900000001", NEW):
            leave(said(donor, phone=phone))
        assert self.compare() == (3, 3)
        assert CallTask.objects.count() == 1

    def test_happens_each_minute_and_twice_is_once(self, donor: Donor) -> None:
        leave(said(donor))
        compare_left_numbers()
        compare_left_numbers()
        assert CallTask.objects.count() == 1

    def test_survives_a_note_that_does_not_open(self, donor: Donor) -> None:
        leave(said(donor))
        MovedNote.objects.update(seal_version=9)
        leave(said(donor))
        assert self.compare() == (2, 1)


class TestTheCards:
    def test_lead_to_the_page_and_name_the_branch(self, signed_in: Any) -> None:
        branch = BranchFactory(name="鄞州区红十字会", phone="0574-88000000")
        desk = signed_in(StaffFactory(role=Role.COORDINATOR, branch=branch))
        page = desk.get(reverse("moved:cards", args=[branch.pk]))
        assert page.context["address"].endswith(reverse("moved:at", args=[branch.pk]))
        assert len(re.findall("0574-88000000", page.content.decode())) == 10
        assert desk.get(reverse("moved:cards_pdf", args=[branch.pk])).status_code in {200, 302}

    def test_of_another_branch_are_not_there(self, signed_in: Any) -> None:
        desk = signed_in(StaffFactory(role=Role.COORDINATOR, branch=BranchFactory()))
        assert desk.get(reverse("moved:cards", args=[BranchFactory().pk])).status_code == 404


@pytest.mark.slow
def test_takes_the_same_time_for_everybody(donor: Donor, settings: Any) -> None:
    """Two hundred of each, one after the other: known, known by another name, unknown."""
    settings.MOVED_PER_ADDRESS = settings.MOVED_WAITING_MOST = 10_000
    stranger = donors.person()
    told = [
        said(donor),
        said(donor, name="李晓明"),
        said(donor, number=stranger.document_number, name=stranger.name),
    ]
    phone, there = Client(), reverse("moved:moved")
    assert timing.are_alike([lambda fields=fields: phone.post(there, fields) for fields in told], rounds=200)
