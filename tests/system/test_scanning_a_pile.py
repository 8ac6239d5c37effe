"""An afternoon's pile: our own forms printed, labelled, signed and scanned; filed, looked at, verified."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from consent.models import Consent, Evidence
from consent.states import State
from foundation import jobs
from foundation.jobs import Job
from registry.donors.models import Donor
from registry.drives.models import Drive
from registry.samples.models import Sample
from tests.factories import piles as scans
from tests.factories import samples as tubes
from tests.factories.drives import DriveFactory
from tests.factories.piles import Sheet

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("PILE_SHOTS", "")
FORMS = int(os.environ.get("PILE_FORMS", "8"))  # 60 make an afternoon
TORN = (FORMS // 4, FORMS // 2)


def shoot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.fixture
def house() -> tubes.House:
    return tubes.house()


@pytest.fixture
def drive(house: tubes.House) -> Drive:
    return DriveFactory(branch=house.county, name="浙江大学宁波校区", on_date=timezone.localdate())


def signed(house: tubes.House, drive: Drive) -> Sample:
    """Return the tube of somebody who signed on paper at the drive."""
    donor = tubes.volunteer(house, on_paper=True)
    Donor.objects.filter(pk=donor.pk).update(drive=drive)
    return tubes.tube(house, donor)


@pytest.fixture(params=[(True, 1280), (False, 390)], ids=["desk", "phone without JavaScript"])
def window(request: Any, browser: Any) -> Iterator[Any]:
    javascript, width = request.param
    context = browser.new_context(
        java_script_enabled=javascript, locale="en-GB", viewport={"width": width, "height": 844}
    )
    page = context.new_page()
    page.wide, page.plain = width, not javascript
    yield page
    context.close()


@pytest.fixture
def checked(window: Any, axe: Any) -> Any:
    """Return a function that asks axe about a page, where there is JavaScript, and takes its picture."""

    def check(name: str) -> None:
        if not window.plain:
            axe(window)
        shoot(window, f"{name}-{window.wide}")

    return check


@pytest.fixture
def opened(window: Any, live_server: Any, sign_in: Any, house: Any, drive: Any) -> Any:
    """Return the window with a caseworker at the drive's pile."""
    sign_in(window, staff=house.caseworker)
    window.goto(live_server.url + reverse("drives:pile_at_drive", args=[drive.pk]))
    return window


def test_a_pile_is_filed_and_what_is_left_is_looked_at(opened, checked, house, drive):
    window = opened
    known = [signed(house, drive) for _ in range(4)]
    sheets = [Sheet(), *(Sheet(tube.barcode) for tube in known[:3]), Sheet("LR-NOBODY22")]
    checked("hand-in")
    _hand_in(window, scans.pdf(sheets))
    expect(window.get_by_role("status")).to_contain_text("The file is opened.")
    shoot(window, f"under-way-{window.wide}")
    jobs.run(Job.objects.get().pk, clock=timezone.now)
    if window.plain:
        window.get_by_role("link", name="Look again").click()
    expect(window.get_by_role("heading", name="2 forms need your eye.")).to_be_visible()
    checked("result")

    window.get_by_role("link", name="Look at them one by one").click()
    checked("look")
    window.get_by_label("Barcode of the tube, or name").fill("LR-NOBODY22")
    window.get_by_role("button", name="File it there").click()
    expect(window.get_by_role("alert")).to_contain_text("No tube of your branches")
    checked("look-wrong")
    window.get_by_label("Barcode of the tube, or name").fill(known[3].barcode)
    window.get_by_role("button", name="File it there").click()
    window.get_by_text("It is not to be filed").click()
    window.get_by_label("It belongs to another branch").check()
    checked("put-away")
    window.get_by_role("button", name="Put it away").click()
    expect(window.get_by_role("heading", name="Every form is dealt with.")).to_be_visible()
    checked("done")

    window.get_by_role("link", name="Verify twenty on a page").click()
    boxes = window.get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    checked("verify")
    for box in boxes.all():
        box.check()
    window.get_by_role("button", name="Verify what is ticked").click()
    expect(window.get_by_role("status")).to_contain_text("4 signings")


@pytest.mark.slow
def test_our_own_forms_from_the_printer_to_the_last_signature(browser, live_server, sign_in, house, drive):
    known = [signed(house, drive) for _ in range(FORMS)]
    page = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}).new_page()
    sign_in(page, staff=house.caseworker)
    text = Consent.objects.first().text
    page.goto(live_server.url + reverse("consent:paper", args=[text.pk, "zh-hans"]))
    printed = page.pdf(prefer_css_page_size=True)
    content = scans.scanned(
        printed, [tube.barcode for tube in known], torn={TORN[0]: "", TORN[1]: "LR-TORN2222"}
    )

    began = time.monotonic()
    page.goto(live_server.url + reverse("drives:pile_at_drive", args=[drive.pk]))
    _hand_in(page, content)
    jobs.run(Job.objects.get().pk, clock=timezone.now)
    expect(page.get_by_role("heading", name="2 forms need your eye.")).to_be_visible()
    filed = time.monotonic() - began
    page.get_by_role("link", name="Look at them one by one").click()
    for number in TORN:
        page.get_by_label("Barcode of the tube, or name").fill(known[number].barcode)
        page.get_by_role("button", name="File it there").click()
    expect(page.get_by_role("heading", name="Every form is dealt with.")).to_be_visible()
    page.get_by_role("link", name="Verify twenty on a page").click()
    for left in range(FORMS, 0, -20):
        boxes = page.get_by_role("checkbox")
        expect(boxes).to_have_count(min(left, 20))
        for box in boxes.all():
            box.check()
        shoot(page, "verify-own")
        page.get_by_role("button", name="Verify what is ticked").click()
        expect(page.get_by_role("status")).to_contain_text(f"{min(left, 20)} signings")
    spoken = f"{FORMS} forms, {len(content) >> 20} MB: filed after {filed:.0f} s, "
    print(spoken + f"verified after {time.monotonic() - began:.0f} s")  # noqa: T201 a figure for whoever measures

    assert not Evidence.objects.missing().exists()
    assert not Consent.objects.exclude(state=State.ACTIVE).exists()


def _hand_in(page: Any, content: bytes) -> None:
    page.get_by_label("Scanned pile").set_input_files(
        {"name": "pile.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_role("button", name="Hand in and file").click()
