"""Wrong input at each step: said first and in the focus, a link to each field, nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from foundation.access import Role
from registry.donors.models import Donor
from registry.donors.states import DonorState
from registry.drives.states import Step
from tests.factories import consent as consents
from tests.factories import samples as make
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.drives import DriveFactory, typed
from tests.factories.foundation import StaffFactory
from tests.system.keyboard import Keyboard

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]
BEFORE_THE_HEADING = """() => Boolean(document.querySelector('#error-summary')
    .compareDocumentPosition(document.querySelector('h1')) & Node.DOCUMENT_POSITION_FOLLOWING)"""


@pytest.fixture
def house() -> make.House:
    return make.house()


@pytest.fixture
def go(page: Page, live_server: Any, sign_in: Any) -> Callable[..., Page]:
    """Return a function that signs somebody in and opens a page."""

    def visit(who: Any, name: str, *args: Any) -> Page:
        sign_in(page, staff=who)
        page.goto(live_server.url + reverse(name, args=args))
        return page

    return visit


def fill(page: Page, **values: str) -> None:
    """Type values, or choose those of groups and lists."""
    for name, value in values.items():
        field = page.locator(f"[name={name}]").first
        if (fold := page.locator(f"details:not([open]):has([name={name}])")).count():
            fold.first.locator("summary").click()
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") in {"radio", "checkbox"}:
            one_of(page, name, value).check()
        else:
            field.fill(value)


def one_of(page: Page, name: str, value: str) -> Locator:
    """Return one choice of a group; a box that stands alone has no value."""
    choice = f"[name={name}]" if value == "on" else f"[name={name}][value='{value}']"
    return page.locator(choice)


def send(page: Page, button: str = "main form .button.act") -> None:
    """Send the form."""
    with page.expect_navigation(wait_until="load"):
        page.locator(button).first.press("Enter")


def leads_to(page: Page, *fields: str, **kept: str) -> None:
    """Check that the summary is first and in the focus, and that its links lead to these fields."""
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    assert page.evaluate(BEFORE_THE_HEADING)
    keys = Keyboard(page)
    for place, name in enumerate(fields):
        summary.focus()
        for _ in range(place + 1):
            keys.press("Tab")
        assert keys.is_at("#error-summary a"), f"no link to {name}"
        keys.press("Enter")
        assert keys.is_at(f"[name={name}]"), f"the link of {name} does not lead to it"
    assert summary.get_by_role("link").count() == len(fields)
    for name, value in kept.items():
        field = page.locator(f"[name={name}]").first
        if field.get_attribute("type") in {"radio", "checkbox"}:
            expect(one_of(page, name, value)).to_be_checked()
        else:
            expect(field).to_have_value(value)


def test_at_each_step_of_an_enrolment(go: Callable[..., Page], house: make.House) -> None:
    consents.text()
    drive = DriveFactory(branch=house.county, on_date=timezone.localdate())
    told = {step: {name: values[0] for name, values in fields.items()} for step, fields in typed().items()}
    page = go(house.coordinator, "drives:enrol", drive.pk)

    fill(page, name="王丽华", number="330106199903051234")
    send(page)
    leads_to(page, "number", name="王丽华", number="330106199903051234")
    fill(page, number=told[Step.DOCUMENT]["number"])
    send(page)

    fill(page, phone="123", first_name="张建国", first_phone="13900010001", first_may_know="yes")
    send(page)
    leads_to(
        page, "phone", "first_stance", "second_name", "second_phone", "second_may_know", "second_stance",
        phone="123", first_name="张建国", first_phone="13900010001", first_may_know="yes",
    )  # fmt: skip
    fill(page, **{name: value for name, value in told[Step.CONTACTS].items() if value})
    send(page)

    fill(page, weight_kg="heavy", blood_group="A")
    send(page)
    leads_to(page, "weight_kg", "none_of_these", weight_kg="heavy", blood_group="A")
    fill(page, weight_kg="56", none_of_these="on")
    send(page)

    fill(page, how="paper", agree_register="on", teach_change_mind="any_time", teach_who_pays="paid")
    send(page)
    leads_to(
        page, "teach_who_pays", "teach_if_match", "explained", "agree_sample", "agree_share",
        how="paper", agree_register="on", teach_change_mind="any_time", teach_who_pays="paid",
    )  # fmt: skip
    fill(
        page,
        teach_who_pays="nobody_pays_me",
        teach_if_match="asked_again",
        agree_sample="on",
        agree_share="on",
    )
    send(page, "form[data-enrol] .button.act")

    fill(page, barcode="?", volume_ml="70")
    send(page)
    leads_to(page, "barcode", "volume_ml", barcode="?", volume_ml="70")
    fill(page, barcode="NB26-0042", volume_ml="7")
    send(page)
    assert Donor.objects.get().state == DonorState.SAMPLED


def test_at_a_scan_that_is_none_and_a_list_without_a_tick(go: Callable[..., Page], house: make.House) -> None:
    subject = make.volunteer(house, on_paper=True).subject
    proof = subject.evidence.get()

    page = go(house.coordinator, "consent:attach", proof.pk)
    letter = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"a letter"}
    page.locator("[name=scan]").set_input_files(letter)
    send(page)
    leads_to(page, "scan")
    page.locator("[name=scan]").set_input_files(
        {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": consents.jpeg()}
    )
    send(page)

    page = go(house.caseworker, "consent:verify")
    send(page)
    leads_to(page, "good")
    page = go(house.caseworker, "consent:send_back", proof.pk)
    send(page)
    leads_to(page, "because")


def test_at_a_box_and_in_the_laboratory(go: Callable[..., Page], house: make.House) -> None:
    now = timezone.now()
    tubes = [make.tube(house, at=now - timedelta(days=9)) for _ in range(2)]

    page = go(house.caseworker, "samples:open")
    fill(page, from_branch=str(house.county.pk), laboratory="")
    send(page)
    leads_to(page, "laboratory", from_branch=str(house.county.pk))

    here = make.at_laboratory(house, tubes[0], at=now)
    page = go(house.technician, "samples:typing", here.pk)
    fill(page, A_1="02:01", A_2="11:01", B_1="40:01")
    send(page)
    leads_to(page, "B_2", A_1="02:01", A_2="11:01", B_1="40:01")
    fill(page, B_2="4601")
    send(page)
    leads_to(page, "B_2", B_2="4601")
    fill(page, B_2="46:01")
    send(page)
    leads_to(page, "DRB1_1", A_1="02:01", B_2="46:01")

    page = go(house.technician, "samples:typings")
    wrong = f"{here.barcode}\tA*02:01"
    fill(page, rows=wrong)
    send(page)
    expect(page.locator("[data-focus]")).to_be_focused()
    expect(page.locator("[name=rows]")).to_have_value(wrong)

    page = go(house.technician, "samples:reject", here.pk)
    send(page, "main form .button")
    leads_to(page, "reason")


def test_at_a_wrong_scan_the_focus_stays_for_the_next(go: Callable[..., Page], house: make.House) -> None:
    box = make.box(house, at=timezone.now())
    page = go(house.caseworker, "samples:box", box.pk)
    keys = Keyboard(page)

    keys.value("barcode", "NOBODY-1")
    keys.press("Enter")

    expect(page.locator(".notice.error")).to_contain_text("NOBODY-1")
    expect(page.locator("[name=barcode]")).to_be_focused()
    expect(page.locator("[name=barcode]")).to_have_value("NOBODY-1")


def test_at_a_call_a_pause_and_a_withdrawal(go: Callable[..., Page], house: make.House) -> None:
    called = CallTaskFactory(donor=DonorFactory(branch=house.county, state=DonorState.TYPED))
    page = go(house.coordinator, "donors:call", called.pk)
    send(page)
    fill(page, family_supports="yes", words="在上班")
    send(page, "button[data-key='1']")
    leads_to(page, "process_known", "would_go_on", family_supports="yes", words="在上班")

    donor = make.volunteer(house)
    page = go(house.coordinator, "donors:hold", donor.pk)
    fill(page, words="要考试")
    send(page)
    leads_to(page, "reason", "until", words="要考试")

    page = go(house.coordinator, "donors:withdraw", donor.pk)
    fill(page, born_on="1999-03-05")
    send(page, "main form .button.danger")
    leads_to(page, "document_seen", born_on="1999-03-05")
    fill(page, phone_end="0000")
    send(page, "main form .button.danger")
    leads_to(page, "phone_end", born_on="1999-03-05", phone_end="0000")


def test_at_the_search_box(go: Callable[..., Page], house: make.House) -> None:
    page = go(StaffFactory(role=Role.COORDINATOR, branch=house.county), "desk:search")
    page.locator("#search-text").fill("a")
    send(page, "main .button.act")

    leads_to(page)
    expect(page.locator("#search-text")).to_have_value("a")
