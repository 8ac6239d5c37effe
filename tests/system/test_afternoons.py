"""
A coordinator alone in her county, and a caseworker, each work an afternoon; nobody signs in twice.

What is left to a second person afterwards is what the design names, and lies on the right desk.
Source: design/domain.md sections 1, 2 and 6; design/security.md section 2
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from time import time
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from consent import actions as consents
from consent.models import Consent, Evidence
from consent.states import State
from foundation import approvals, jobs
from foundation.access import Branch, BranchKind, Role, Staff, login
from foundation.approvals import Approval
from foundation.jobs import Job
from registry.donors import actions, exports
from registry.donors.actions import merging, moving, undoing
from registry.donors.models import Call, CallKind, CallTask, Donor, IdentityChange
from registry.donors.states import DonorState
from registry.drives.models import Drive, FormState
from registry.samples import actions as samples
from tests.factories import consent as papers
from tests.factories import piles as scans
from tests.factories import samples as tubes
from tests.factories.donors import CallTaskFactory, DonorFactory, person
from tests.factories.drives import DriveFactory
from tests.factories.foundation import SECRET, BranchFactory, StaffFactory, actor, signed_in
from tests.racing import CI
from tests.system.keyboard import Keyboard

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chromium, pytest.mark.slow]
LOGIN = "/account/"  # every page that asks for a password or a code
ANSWERS = {"after_pause": "go_on"}  # to every other question: yes


@dataclass(frozen=True)
class Afternoon:
    """How much is done."""

    calls: int
    scans: int
    mistakes: int


SIZES = [pytest.param(Afternoon(40, 60, 3) if CI else Afternoon(10, 12, 1), id="whole" if CI else "short")]


class Hands(Keyboard):
    """Works at a keyboard where that is quicker, with a mouse elsewhere, and counts both."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.clicked = 0
        self.spent: Counter[str] = Counter()

    def click(self, what: Locator) -> None:
        """Click on something."""
        what.click()
        self.clicked += 1

    def goes(self, what: Locator) -> None:
        """Click on what leads to another page."""
        with self.page.expect_navigation(wait_until="load"):
            self.click(what)

    def book(self, work: str) -> None:
        """Write the keys and clicks since the last time to a piece of work."""
        self.spent[work] = self.pressed + self.clicked - self.spent.total()


@dataclass
class Office:
    """The people of a prefecture with two counties, each of one employee."""

    house: tubes.House
    station: Branch
    neighbour: Branch
    chen: Staff  # alone in the neighbouring county
    xu: Staff  # at the province

    @property
    def lin(self) -> Staff:
        """Alone in her county."""
        return self.house.coordinator

    @property
    def zhou(self) -> Staff:
        """The caseworker of the prefecture."""
        return self.house.caseworker

    @property
    def everyone(self) -> tuple[Staff, ...]:
        """Whoever could be asked to be the second person."""
        return (self.lin, self.chen, self.zhou, self.xu)

    def who_answers(self, question: Approval) -> set[Staff]:
        """Return on whose desk a question lies."""
        now = timezone.now()
        return {
            one for one in self.everyone if approvals.waiting_for(one, at=now).filter(pk=question.pk).exists()
        }


@pytest.fixture
def office() -> Office:
    house = tubes.house()
    neighbour = BranchFactory(parent=house.prefecture, name="海曙区红十字会")
    return Office(
        house,
        BranchFactory(parent=house.county, kind=BranchKind.STATION, name="学府路站"),
        neighbour,
        StaffFactory(role=Role.COORDINATOR, branch=neighbour),
        StaffFactory(role=Role.REGISTRY_MANAGER, branch=house.prefecture.parent),
    )


@pytest.fixture
def sits_down(browser: Browser, live_server: Any) -> Iterator[Any]:
    """Return a function that gives somebody a window. They signed in this morning, and none asks for more."""
    windows: list[tuple[Page, list[str], int]] = []

    def open_for(staff: Staff, *, again: int = 0) -> Page:
        client = signed_in(Client(), staff, fresh=False)
        context = browser.new_context(
            locale="en-GB", viewport={"width": 1280, "height": 900}, base_url=live_server.url
        )
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page, went = context.new_page(), list[str]()
        page.on("framenavigated", lambda frame: went.append(frame.url))
        windows.append((page, went, again))
        return page

    yield open_for
    for page, went, again in windows:
        page.context.close()
        assert len([url for url in went if LOGIN in url]) == again, "no second login"


@pytest.mark.parametrize("size", SIZES)
def test_a_coordinator_alone_in_her_county(office: Office, sits_down: Any, size: Afternoon) -> None:
    calls_of_a_county(office, size.calls)
    drive, codes = a_drive_on_paper(office, size.scans)
    wrong = [listed(office) for _ in range(size.mistakes)]
    near, far, mistaken = (listed(office) for _ in range(3))
    page = sits_down(office.lin, again=1)  # before a sheet in full: security-checklist.md 21
    hands = Hands(page)

    rings(hands, size.calls)
    hands.book("calls")
    files(hands, drive, codes)
    hands.book("scans")
    for donor in wrong:
        corrects(hands, donor)
    hands.book("corrections")
    moves_to(hands, near, office.station)
    moves_to(hands, far, office.neighbour)
    hands.book("moves")
    pauses_by_mistake(hands, mistaken)
    asks_for_a_sheet(hands)
    hands.book("questions")

    assert Call.objects.count() == size.calls
    still_paused = Donor.objects.filter(state=DonorState.ON_HOLD).exclude(pk=mistaken.pk)
    assert not still_paused.filter(calls__result="REACHED").exists()
    assert IdentityChange.objects.count() == size.mistakes
    assert Donor.objects.get(pk=near.pk).service_branch == office.station
    left_to_a_second_person(office, size)
    lies_on_the_desk_of(sits_down(office.zhou), 3)
    lies_on_the_desk_of(sits_down(office.chen), 1)
    tell("coordinator", size, hands)
    assert hands.spent["calls"] <= size.calls * 10
    assert hands.spent["scans"] <= 6, "a pile is one act however high it is"
    assert hands.spent["corrections"] <= size.mistakes * 6


def left_to_a_second_person(office: Office, size: Afternoon) -> None:
    """Check what waits for another login, and for whose: nothing waits for Lin herself."""
    questions = {one.kind: one for one in Approval.objects.filter(decision="")}
    above = {office.zhou, office.xu}
    assert {kind: office.who_answers(one) for kind, one in questions.items()} == {
        moving.OFFER: {office.chen, *above},
        undoing.UNDO: above,
        exports.asking.KIND: above,
    }
    assert {one.by_id for one in questions.values()} == {str(office.lin.pk)}
    waiting = Evidence.objects.filter(attached_by_id=str(office.lin.pk), consents__state=State.SIGNED)
    assert waiting.distinct().count() == size.scans


@pytest.mark.parametrize("size", SIZES)
def test_a_caseworker_of_the_prefecture(office: Office, sits_down: Any, size: Afternoon) -> None:
    calls_out_of_contact(office, size.calls)
    lost = [tried_everywhere(office) for _ in range(size.mistakes + 1)]
    scanned(office, size.scans)
    doubted = [typed(office) for _ in range(size.mistakes)]
    two = asked_to_join(office)
    earlier = set(Approval.objects.values_list("pk", flat=True))
    page = sits_down(office.zhou)
    hands = Hands(page)

    rings(hands, size.calls)
    hands.book("calls")
    confirms_lost(hands, len(lost))
    hands.book("lost")
    verifies(hands, size.scans)
    hands.book("scans")
    for donor in doubted:
        doubts(hands, donor)
    hands.book("corrections")
    agrees_to_join(hands)
    hands.book("joining")

    assert states(lost) == {DonorState.LOST}
    assert states(doubted) == {DonorState.REGISTERED}
    assert not Consent.objects.filter(state=State.SIGNED).exists()
    assert Donor.objects.get(pk=two[1].pk).merged_into_id == two[0].pk
    assert set(Approval.objects.values_list("pk", flat=True)) == earlier, "nothing he does waits for another"
    tell("caseworker", size, hands)
    pages = -(-size.scans // settings.CONSENT_ON_A_PAGE)
    assert hands.spent["calls"] <= size.calls * 4
    assert hands.spent["scans"] <= size.scans + 2 * pages + 1
    assert hands.spent["lost"] <= len(lost) * 3 + 1
    assert hands.spent["joining"] <= 7


def tell(who: str, size: Afternoon, hands: Hands) -> None:
    """Print what the afternoon took, for whoever measures."""
    print(f"{who}, {size}: {dict(hands.spent)} = {hands.pressed} keys, {hands.clicked} clicks")  # noqa: T201


# What waits in the morning


def listed(office: Office, **more: Any) -> Donor:
    """Return somebody who is listed, with consents in force."""
    donor = DonorFactory(branch=office.house.county, **{"state": DonorState.LISTED, **more})
    papers.sign(donor.subject, by=office.house.collects)
    return donor


def calls_of_a_county(office: Office, how_many: int) -> None:
    """Put calls before listing, after a pause, and about new numbers on the list, in turns."""
    for n in range(how_many):
        if n % 5 == 4:
            donor = listed(office)
            actions.leave_number(donor, f"1390{n:07}", by=office.house.collects, at=timezone.now())
            CallTask.objects.filter(donor=donor).update(due_on=timezone.localdate())
            continue
        paused = n % 5 == 2
        before = {"return_to": DonorState.REGISTERED, "listed_on": None} if paused else {}
        donor = listed(office, state=DonorState.ON_HOLD if paused else DonorState.TYPED, **before)
        kind = CallKind.HOLD_ENDED if paused else CallKind.PRE_LISTING
        CallTaskFactory(donor=donor, kind=kind, due_on=timezone.localdate() - timedelta(days=n))


def a_drive_on_paper(office: Office, how_many: int) -> tuple[Drive, list[str]]:
    """Return a drive and the tubes of those who signed on paper there."""
    drive = DriveFactory(branch=office.house.county, on_date=timezone.localdate())
    codes = []
    for _ in range(how_many):
        donor = tubes.volunteer(office.house, on_paper=True)
        Donor.objects.filter(pk=donor.pk).update(drive=drive)
        codes.append(tubes.tube(office.house, donor).barcode)
    return drive, codes


def calls_out_of_contact(office: Office, how_many: int) -> None:
    """Put people who are hard to reach on the list: three numbers, three calls each."""
    for _ in range(-(-how_many // 3)):
        CallTaskFactory(donor=listed(office), kind=CallKind.OUT_OF_CONTACT, due_on=timezone.localdate())


def tried_everywhere(office: Office) -> Donor:
    """Return somebody whose every number was rung in every round."""
    donor, now = listed(office), timezone.now()
    task = CallTaskFactory(donor=donor, kind=CallKind.OUT_OF_CONTACT, due_on=timezone.localdate())
    for ago in range(settings.LOST_ROUNDS, 0, -1):
        at = now - timedelta(days=ago * settings.LOST_ROUND_DAYS)
        for number in ("donor", "1", "2"):
            facts: Any = {"kind": task.kind, "result": "NO_ANSWER", "number": number}
            actions.record_call(donor, task=task, by=office.house.collects, at=at, **facts)
            task = CallTask.objects.get(pk=task.pk)
    return donor


def scanned(office: Office, how_many: int) -> None:
    """Let the county file the scans of paper consents."""
    picture = papers.jpeg()
    for _ in range(how_many):
        subject = tubes.volunteer(office.house, on_paper=True).subject
        consents.attach_scan(subject, picture, by=office.house.collects, at=timezone.now())


def typed(office: Office) -> Donor:
    """Return somebody whose tube was typed beside another one."""
    house = office.house
    first, second = tubes.tube(house), tubes.tube(house)
    box = tubes.sent(house, first, second)
    tube = samples.receive(box, first.barcode, by=house.types, at=tubes.LATER)
    samples.receive(box, second.barcode, by=house.types, at=tubes.LATER)
    samples.record_typing(tube, text=tubes.TYPING, by=house.types, at=tubes.LATER)
    return Donor.objects.get(pk=first.donor_id)


def asked_to_join(office: Office) -> tuple[Donor, Donor]:
    """Let the registry manager ask whether two records are one person: joining is hers to ask."""
    pair = listed(office), listed(office)
    merging.ask_to_merge(*pair, chosen={}, both_documents=True, by=actor(office.xu), at=timezone.now())
    return pair


def states(donors: list[Donor]) -> set[str]:
    """Return the states in which these people are now."""
    return set(Donor.objects.filter(pk__in=[one.pk for one in donors]).values_list("state", flat=True))


# What they do


def rings(hands: Hands, how_many: int) -> None:
    """Ring as many numbers: every third does not answer, the others say what they are asked."""
    page = hands.page
    page.goto(reverse("donors:calls"))
    hands.act()
    for n in range(how_many):
        task = CallTask.objects.get(pk=UUID(page.url.split("/calls/")[1].split("/")[0]))
        key = "1" if n % 3 and task.kind != CallKind.OUT_OF_CONTACT else "9"
        if key == "1":
            answers(hands)
        hands.result(key)


def answers(hands: Hands) -> None:
    """Take down what is said: to each question of the page one of its answers."""
    page = hands.page
    hands.press("n")  # to the number, that is rung; the questions come after it
    asked = page.locator(".call-own input[type=radio]").evaluate_all(
        "all => [...new Set(all.filter(one => one.offsetParent).map(one => one.name))]"
    )
    for question in asked:
        hands.choose(question, ANSWERS.get(question, "yes"))
    if page.locator("[name=said_born_on]").count():
        hands.value("said_born_on", "19990305")
        hands.press("Escape")  # out of the field, so that the next key is a result


def files(hands: Hands, drive: Drive, codes: list[str]) -> None:
    """Hand in the pile; the first label cannot be read, and is typed."""
    page = hands.page
    page.goto(reverse("drives:pile_at_drive", args=[drive.pk]))
    sheets = [scans.Sheet(dpi=150), *(scans.Sheet(code, dpi=150) for code in codes[1:])]
    pile = {"name": "pile.pdf", "mimeType": "application/pdf", "buffer": scans.pdf(sheets)}
    page.get_by_label("Scanned pile").set_input_files(pile)  # type: ignore[arg-type]
    hands.goes(page.get_by_role("button", name="Hand in and file"))
    jobs.run(Job.objects.get().pk, clock=timezone.now)
    expect(page.get_by_role("heading", name="1 form needs your eye.")).to_be_visible()
    hands.goes(page.get_by_role("link", name="Look at them one by one"))
    hands.value("text", codes[0])
    hands.goes(page.get_by_role("button", name="File it there"))
    expect(page.get_by_role("heading", name="Every form is dealt with.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("A colleague at the prefecture verifies")
    assert FormState.LOOK not in drive.piles.values_list("forms__state", flat=True)


def corrects(hands: Hands, donor: Donor) -> None:
    """Type what stands on the document that lies on the desk."""
    page, right = hands.page, person()
    page.goto(reverse("donors:detail", args=[donor.pk]))
    hands.goes(page.get_by_role("link", name="Correct the identity"))
    hands.click(page.locator("[name=reason][value=WRITTEN_WRONG]"))
    page.locator("[name=name]").fill(right.name)
    page.locator("[name=number]").fill(right.document_number)
    hands.click(page.locator("[name=seen]"))
    hands.goes(page.get_by_role("button", name="Correct", exact=True))
    expect(page.get_by_role("status").first).to_contain_text("Corrected.")


def moves_to(hands: Hands, donor: Donor, branch: Branch) -> None:
    """Give somebody to another branch."""
    page = hands.page
    page.goto(reverse("donors:detail", args=[donor.pk]))
    hands.goes(page.get_by_role("link", name="Move to another branch"))
    page.locator("main [name=branch]").select_option(str(branch.pk))
    page.locator("main [name=reason]").select_option("MOVED_HOUSE")
    hands.goes(page.get_by_role("button", name="Move", exact=True))


def pauses_by_mistake(hands: Hands, donor: Donor) -> None:
    """Pause the wrong person, and say so."""
    page = hands.page
    page.goto(reverse("donors:hold", args=[donor.pk]))
    page.locator("[name=reason]").select_option("OT")
    page.locator("[name=until]").fill(str(timezone.localdate() + timedelta(days=90)))
    hands.goes(page.locator("main form button.act"))
    hands.goes(page.get_by_role("link", name="This was a mistake"))
    hands.goes(page.locator("main form button[type=submit]"))
    expect(page.locator("main")).to_contain_text("Waits for a second person")


def asks_for_a_sheet(hands: Hands) -> None:
    """Ask for all one's donors with names in full."""
    page = hands.page
    page.goto(reverse("donors:export-ask"))
    page.locator("[name=code]").fill(format_hotp_value(hotp_value(SECRET, int(time()) // login.STEP_SECONDS)))
    hands.goes(page.get_by_role("button", name="Go on"))
    hands.click(page.get_by_label("In full"))
    page.get_by_label("What is it for?").select_option("CHECK")
    hands.goes(page.get_by_role("button", name="Ask for the sheet"))
    expect(page.locator("main")).to_contain_text("A second person is asked")


def lies_on_the_desk_of(page: Page, how_many: int) -> None:
    """Check that somebody finds as many questions."""
    page.goto(reverse("desk:approvals"))
    expect(page.locator("section[aria-labelledby=waiting] li")).to_have_count(how_many)


def confirms_lost(hands: Hands, how_many: int) -> None:
    """Confirm whose every number was tried, one by one."""
    page = hands.page
    for _ in range(how_many):
        page.goto(reverse("donors:losing"))
        hands.goes(page.get_by_role("link", name="Confirm: out of contact").first)
        hands.goes(page.locator("main form button[type=submit]"))


def verifies(hands: Hands, how_many: int) -> None:
    """Look at twenty signatures on a page, and tick each."""
    page = hands.page
    page.goto(reverse("consent:verify"))
    for left in range(how_many, 0, -settings.CONSENT_ON_A_PAGE):
        boxes = page.get_by_role("checkbox")
        expect(boxes).to_have_count(min(left, settings.CONSENT_ON_A_PAGE))
        for box in boxes.all():
            hands.click(box)
        hands.goes(page.get_by_role("button", name="Verify what is ticked"))
    expect(page.locator("main")).to_contain_text("Nothing waits for your eye.")


def doubts(hands: Hands, donor: Donor) -> None:
    """Set a typing aside: nobody else is asked."""
    page = hands.page
    page.goto(reverse("donors:detail", args=[donor.pk]))
    hands.goes(page.get_by_role("link", name="Doubt the typing"))
    hands.click(page.locator("[name=reason][value=TQ]"))
    hands.goes(page.get_by_role("button", name="Doubt the typing"))


def agrees_to_join(hands: Hands) -> None:
    """Look at both records that the province says are one person, and agree."""
    page = hands.page
    page.goto(reverse("desk:approvals"))
    hands.goes(page.locator("section[aria-labelledby=waiting] a.button"))
    hands.goes(page.get_by_role("link", name="Look at it first"))
    hands.goes(page.get_by_role("link", name="To the question"))
    hands.click(page.get_by_label("Agreed", exact=True))
    hands.click(page.get_by_label("I have checked it and it is right"))
    hands.goes(page.get_by_role("button", name="Answer"))
    expect(page.locator("main")).to_contain_text("Nothing waits for you.")
