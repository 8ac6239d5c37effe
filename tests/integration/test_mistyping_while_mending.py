"""Whatever is typed wrong where records are mended: a sentence, what was typed is kept, nobody is told on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from foundation import approvals, vault
from foundation.access import BranchKind, Role
from foundation.approvals import Approval
from registry.donors import actions
from registry.donors.actions import doors
from registry.donors.models import Assist, BranchMove, BranchQuestion, Donor, IdentityChange, MovedNote
from registry.donors.states import DonorState
from registry.samples import actions as samples
from tests.factories import consent as consents
from tests.factories import donors
from tests.factories import samples as tubes
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.pages import forms_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LONG = "长" * 10_000
FACTS = ("document_seen", "face_seen")


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be the day of the acts for pages too."""
    with time_machine.travel(AT, tick=False):
        yield
    cache.clear()


@dataclass
class Office:
    """Two counties under two prefectures, their people, and a donor of the first."""

    house: tubes.House
    chen: Any
    xu: Any
    browsers: dict[Any, Client] = field(default_factory=dict)

    @property
    def lin(self) -> Any:
        """Coordinator of the first county."""
        return self.house.coordinator

    @property
    def elsewhere(self) -> Any:
        """The other county."""
        return self.chen.roles.get().branch

    def donor(self, **columns: Any) -> Donor:
        """Return somebody of the first county, with consents."""
        made = donors.DonorFactory(branch=self.house.county, **{"state": DonorState.LISTED, **columns})
        consents.sign(made.subject, by=self.house.collects, at=AT - timedelta(days=30))
        return made

    def withdraws(self, donor: Donor) -> None:
        """Let the donor withdraw at their own branch."""
        actions.withdraw(donor, by=self.house.collects, at=AT, word="STAFF_TWO_FACTS", facts=FACTS)


@pytest.fixture
def office() -> Office:
    """Return it."""
    consents.text()
    house = tubes.house()
    top = house.prefecture.parent
    far = BranchFactory(parent=BranchFactory(kind=BranchKind.PREFECTURE, parent=top))
    return Office(
        house,
        StaffFactory(role=Role.COORDINATOR, branch=far),
        StaffFactory(role=Role.REGISTRY_MANAGER, branch=top),
    )


@pytest.fixture
def at(signed_in: Any, office: Office) -> Any:
    """Return a function that gives somebody's browser, in English."""

    def browser(staff: Any) -> Client:
        if staff not in office.browsers:
            client = signed_in(staff)
            client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
            office.browsers[staff] = client
        return office.browsers[staff]

    return browser


@dataclass
class Door:
    """A page to type into: whose it is, where it stands, what is right there, and what is typed freely."""

    who: Any
    url: str
    right: dict[str, Any]
    typed: tuple[str, ...] = ()

    def answer(self, at: Any, **said: Any) -> Any:
        """Send what is right, but for these."""
        return at(self.who).post(self.url, {**self.right, **said})


def number_of(donor: Donor) -> str:
    """Return the number of a donor's document."""
    return str(vault.open_one(donor, "document")["document"])


def identity(office: Office) -> Door:
    donor = office.donor()
    said = {"reason": "NEW_NAME", "name": "王新名", "kind": "RESIDENT_ID", "seen": "on"}
    url = reverse("donors:correct-identity", args=[donor.pk])
    return Door(office.lin, url, {**said, "number": number_of(donor)}, ("name", "number"))


def other_record(office: Office) -> Door:
    url = reverse("donors:merge", args=[office.donor().pk])
    return Door(office.xu, url, {"text": number_of(office.donor())}, ("text",))


def merge(office: Office) -> Door:
    pair = office.donor(), office.donor(about={"born_on": date(1990, 1, 7), "sex": "M"})
    said = {"document": "kept", "name": "kept", "phone": "kept", "both_documents": "no", "seen": "on"}
    url = reverse("donors:merge-with", args=[one.pk for one in pair])
    return Door(office.xu, url, {**said, "sure": "on", "why": "同一人"}, ("why",))


def doubt(office: Office) -> Door:
    tube = tubes.tube(office.house)
    tubes.at_laboratory(office.house, tube)
    samples.record_typing(tubes.again(tube), text=tubes.TYPING, by=office.house.types, at=tubes.LATER)
    url = reverse("donors:dispute-typing", args=[tube.donor_id])
    return Door(office.house.caseworker, url, {"reason": "TQ"})


def assist(office: Office) -> Door:
    url = reverse("donors:ask-assist", args=[office.donor().pk])
    said = {"branch": office.elsewhere.pk, "kind": "VISIT", "words": "请登门", "until": "2026-12-01"}
    return Door(office.lin, url, said, ("words", "until"))


def move(office: Office) -> Door:
    url = reverse("donors:move", args=[office.donor().pk])
    return Door(office.lin, url, {"branch": office.elsewhere.pk, "what": "SERVICE", "reason": "WORK"})


def take_in(office: Office) -> Door:
    donor = office.donor(about={"name": "王丽华"})
    said = {"kind": "RESIDENT_ID", "number": number_of(donor), "name": "王丽华", "what": "SERVICE"}
    said |= {"reason": "WORK", "branch": office.elsewhere.pk}
    return Door(office.chen, reverse("donors:take-in"), said, ("number", "name", "phone", "born_on"))


def question(office: Office) -> Door:
    donor = office.donor()
    by = actor(office.chen)
    doors.ask_its_branch("RESIDENT_ID", number_of(donor), by=by, at=AT, on=office.elsewhere)
    url = reverse("donors:answer", args=[BranchQuestion.objects.get(donor=donor).pk])
    return Door(office.lin, url, {"answer": "SPOKEN"})


def helped(office: Office) -> Door:
    until = date(2026, 12, 1)
    asked = actions.ask_assist(
        office.donor(), branch=office.elsewhere, kind="VISIT", words="", until=until,
        by=office.house.collects, at=AT,
    )  # fmt: skip
    actions.take_assist(asked, staff=office.chen, by=actor(office.chen), at=AT)
    url = reverse("donors:assist", args=[asked.pk])
    return Door(office.chen, url, {"result": "DONE", "words": "已搬走"}, ("words",))


def new_number(office: Office) -> Door:
    right = {"name": "王丽华", "kind": "RESIDENT_ID", "number": number_of(office.donor())}
    return Door(None, reverse("moved:moved"), {**right, "phone": "13800001111"}, ("name", "number", "phone"))


DOORS = [identity, other_record, merge, doubt, assist, move, take_in, question, helped, new_number]


@pytest.fixture(params=DOORS, ids=lambda make: make.__name__)
def door(request: Any, office: Office, at: Any) -> Door:
    """Return each of the doors in turn."""
    made: Door = request.param(office)
    if made.who is None:
        office.browsers[None] = Client(HTTP_ACCEPT_LANGUAGE="en")
    return made


class TestEveryDoor:
    def test_says_what_is_missing_and_leads_there(self, door: Door, at: Any) -> None:
        answer = at(door.who).post(door.url, {})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert page.index('id="error-summary"') < page.index("<h1")
        assert 'href="#id_' in page

    def test_keeps_ten_thousand_characters_and_says_that_they_are_too_many(self, door: Door, at: Any) -> None:
        for name in door.typed:
            answer = door.answer(at, **{name: LONG})
            assert answer.status_code == 422, name
            assert f'href="#id_{name}"' in answer.content.decode(), name
            form = next(one for one in forms_of(answer, at=door.url) if name in {f.name for f in one.fields})
            kept = {one.name: one.value.strip() for one in form.fields}
            assert kept[name] == LONG, name
            rest = {field: str(door.right[field]) for field in door.typed if field in door.right}
            assert {field: kept[field] for field in rest if field != name} == {
                field: value for field, value in rest.items() if field != name
            }

    def test_takes_what_is_right(self, door: Door, at: Any) -> None:
        assert door.answer(at).status_code == 302

    def test_pressed_twice_does_it_once(self, door: Door, at: Any) -> None:
        before = rows()
        first = door.answer(at)
        once = rows()
        second = door.answer(at)
        assert first.status_code == 302
        assert second.status_code in {302, 409, 422}
        assert rows() == once or door.who is None  # a stranger is not told that it came already
        assert before != once or door.url.endswith("/merge/")


def rows() -> tuple[int, ...]:
    """Return how many there are of everything these doors write."""
    asked = Approval.objects.count()
    moved, helps = BranchMove.objects.count(), Assist.objects.filter(ended_at__isnull=True).count()
    answered = BranchQuestion.objects.exclude(answer="").count()
    notes, mended = MovedNote.objects.count(), IdentityChange.objects.count()
    doubted = Donor.objects.filter(state=DonorState.REGISTERED).count()
    return (asked, moved, helps, answered, notes, mended, doubted)


class TestIds:
    @pytest.mark.parametrize("make", [assist, move, take_in])
    def test_of_no_branch_are_refused_at_their_field(self, make: Any, office: Office, at: Any) -> None:
        answer = make(office).answer(at, branch=uuid4())
        assert answer.status_code == 422
        assert 'href="#id_branch"' in answer.content.decode()

    def test_of_a_stranger_are_no_tube_beside_this_one(self, office: Office, at: Any) -> None:
        door, stranger = doubt(office), office.donor()
        answer = door.answer(at, reason="TQ_MIXED_UP", others=[str(stranger.pk)])
        assert answer.status_code in {302, 422}
        assert Donor.objects.get(pk=stranger.pk).state == DonorState.LISTED

    def test_of_another_branchs_donor_answer_as_of_nobody(self, office: Office, at: Any) -> None:
        donor, mine = office.donor(), donors.DonorFactory(branch=office.elsewhere)
        for name in ("correct-identity", "move", "ask-assist"):
            pages = [at(office.chen).get(reverse(f"donors:{name}", args=[pk])) for pk in (donor.pk, uuid4())]
            assert [page.status_code for page in pages] == [404, 404]
            assert pages[0].content == pages[1].content or name
        manager = StaffFactory(role=Role.REGISTRY_MANAGER, branch=office.elsewhere)
        for other in (donor.pk, uuid4()):
            assert at(manager).get(reverse("donors:merge-with", args=[mine.pk, other])).status_code == 404
        found = at(manager).post(reverse("donors:merge", args=[mine.pk]), {"text": number_of(donor)})
        assert "No other record in your branches fits." in found.content.decode()


class TestADocument:
    def test_of_somebody_else_is_told_in_one_sentence_wherever_they_are(
        self, office: Office, at: Any
    ) -> None:
        door, far = identity(office), donors.DonorFactory(branch=office.elsewhere)
        page = door.answer(at, number=number_of(far)).content.decode()
        assert "This volunteer is already registered." in page
        assert office.elsewhere.name not in page

    def test_of_fifteen_digits_is_refused_at_its_field(self, office: Office, at: Any) -> None:
        page = identity(office).answer(at, number="330106990305001").content.decode()
        assert 'href="#id_number"' in page
        assert "Use the 18 digits" in page

    @pytest.mark.parametrize("day", ["2099-01-01", "1812-06-24"])
    def test_of_nobody_alive_is_refused_at_its_field(self, office: Office, at: Any, day: str) -> None:
        said = {"kind": "PASSPORT", "number": "E12345678", "sex": "F", "born_on": day}
        page = identity(office).answer(at, **said).content.decode()
        assert 'href="#id_born_on"' in page

    def test_of_an_erased_record_is_not_written_down(self, office: Office, at: Any) -> None:
        donor = office.donor()
        office.withdraws(donor)
        vault.erase(Donor.objects.get(pk=donor.pk).subject, by=office.house.sends, at=AT)
        right = donors.person()
        said = {**identity(office).right, "number": right.document_number}
        answer = at(office.lin).post(reverse("donors:correct-identity", args=[donor.pk]), said)
        assert "erased" in answer.content.decode()
        assert not IdentityChange.objects.filter(donor=donor).exists()


def says(browser: Client, approval: Approval) -> Any:
    """Say yes on the page of a question."""
    url = reverse("desk:approval", args=[approval.pk])
    return browser.post(url, {"decision": "yes", "answer": "checked"})


class TestAgreeing:
    @pytest.mark.parametrize("make", [merge, move, take_in])
    def test_to_ones_own_question_is_refused_in_a_sentence(self, make: Any, office: Office, at: Any) -> None:
        door = make(office)
        door.answer(at)
        asked = Approval.objects.get()
        answer = says(at(door.who), asked)
        assert answer.status_code < 500
        assert "You asked this yourself" in answer.content.decode()
        assert Approval.objects.get().decision == ""

    def test_after_a_withdrawal_meanwhile_moves_nobody(self, office: Office, at: Any) -> None:
        door = take_in(office)
        door.answer(at)
        donor = BranchMove.objects.get().donor
        office.withdraws(donor)
        answer = says(at(office.lin), Approval.objects.get())
        assert "Something else has happened since." in answer.content.decode()
        assert Donor.objects.get(pk=donor.pk).service_branch_id == office.house.county.pk

    def test_to_a_joining_after_a_withdrawal_meanwhile_withdraws_what_is_left(
        self, office: Office, at: Any
    ) -> None:
        door = merge(office)
        door.answer(at)
        asked = Approval.objects.get()
        kept, other = Donor.objects.get(pk=asked.object_id), Donor.objects.get(pk=asked.facts["other"])
        office.withdraws(other)
        assert says(at(office.house.caseworker), asked).status_code == 302
        assert Donor.objects.get(pk=kept.pk).state == DonorState.WITHDRAWN


class TestMeanwhile:
    def test_help_that_ended_hands_back_what_was_written(self, office: Office, at: Any) -> None:
        door = helped(office)
        office.withdraws(Assist.objects.get().donor)
        answer = door.answer(at)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "已搬走" in page
        assert "not in your hands any more" in page

    def test_a_question_that_a_colleague_answered_shows_their_answer(self, office: Office, at: Any) -> None:
        door = question(office)
        door.answer(at)
        page = door.answer(at, answer="WILL_RING").content.decode()
        assert "This question has been answered already." in page
        assert "We have spoken with them" in page

    @pytest.mark.parametrize("make", [move, assist, doubt])
    def test_a_withdrawal_stands_in_the_way_with_a_sentence(self, make: Any, office: Office, at: Any) -> None:
        door = make(office)
        office.withdraws(Donor.objects.get(pk=door.url.split("/")[2]))
        answer = door.answer(at)
        assert answer.status_code == 422
        assert 'id="error-summary"' in answer.content.decode()
        assert not Approval.objects.filter(kind__startswith="donors.").exists()


class TestTakingIn:
    def test_tells_a_wrong_fact_a_wrong_number_and_ones_own_donor_alike(
        self, office: Office, at: Any
    ) -> None:
        door = take_in(office)
        own = donors.DonorFactory(branch=office.elsewhere, about={"name": "王丽华"})
        gone = office.donor(about={"name": "王丽华"})
        office.withdraws(gone)
        numbers = [door.right["number"], donors.person().document_number, number_of(own), number_of(gone)]
        said = [door.answer(at, number=number, name=name) for number, name in zip(
            numbers, ["王丽花", "王丽华", "王丽华", "王丽华"], strict=True
        )]  # fmt: skip
        assert {one.status_code for one in said} == {422}
        assert all(
            "Nobody whom another branch keeps fits both facts." in one.content.decode() for one in said
        )
        assert not approvals.asked_by(office.chen).exists()
