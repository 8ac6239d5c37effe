"""Filling a box and counting it in, with a scanner and without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import samples as make
from tests.factories.samples import TYPING, again
from tests.windows import overflows

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house():
    return make.house()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def page(request, browser):
    context = browser.new_context(java_script_enabled=request.param, locale="en-GB")
    yield context.new_page()
    context.close()


def scan(page, code: str) -> None:
    """Type a barcode and Enter into the field that has the focus, as a scanner does."""
    page.locator("[data-scan]").focus()
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_a_box_is_filled_sealed_sent_and_counted_in(page, live_server, sign_in, house):
    long_ago = timezone.now() - timedelta(days=9)
    first, second = make.tube(house, at=long_ago), make.tube(house, at=long_ago)
    box = make.box(house, at=timezone.now())

    sign_in(page, staff=house.caseworker)
    page.goto(live_server.url + reverse("samples:box", args=[box.pk]))
    scan(page, first.barcode)
    page.get_by_role("heading", name="1 tube in the box", exact=True).wait_for()
    scan(page, second.barcode.lower())
    page.get_by_role("heading", name="2 tubes in the box").wait_for()
    page.get_by_role("button", name="Seal the box").click()
    page.get_by_role("button", name="Send the box").click()
    page.get_by_text("The box is on its way.").wait_for()

    sign_in(page, staff=house.technician)
    page.goto(live_server.url + reverse("samples:receipt", args=[box.pk]))
    scan(page, first.barcode)
    page.get_by_role("heading", name="1 of 2 tubes are here").wait_for()
    scan(page, second.barcode)
    page.get_by_role("button", name="The box is counted").click()
    page.get_by_text("Every tube of this box is accounted for.").wait_for()

    page.goto(live_server.url + reverse("samples:typings"))
    page.get_by_label("Barcodes and typings").fill(f"{first.barcode}\t{TYPING}\n{second.barcode}\tA*01:01")
    page.get_by_role("button", name="Store the typings").click()
    page.get_by_role("heading", name="1 line was not stored").wait_for()

    assert again(box).state == "RECEIVED"
    assert again(first).state == "TYPED"
    assert second.barcode in page.get_by_label("Barcodes and typings").input_value()


def test_a_wrong_scan_is_named_and_the_next_one_counts(page, live_server, sign_in, house):
    sample = make.tube(house, at=timezone.now() - timedelta(days=9))
    box = make.box(house, at=timezone.now())
    sign_in(page, staff=house.caseworker)
    page.goto(live_server.url + reverse("samples:box", args=[box.pk]))

    scan(page, "NOBODY-123")
    page.get_by_text("No tube of this branch has the barcode NOBODY-123.").first.wait_for()
    page.locator("[data-scan]").fill("")
    scan(page, sample.barcode)
    page.get_by_role("heading", name="1 tube in the box", exact=True).wait_for()

    assert again(sample).state == "BATCHED"


def test_a_scan_that_comes_before_the_answer_to_the_last_is_not_lost(browser, live_server, sign_in, house):
    page = browser.new_page(locale="en-GB")
    now = timezone.now()
    first, second = (make.tube(house, at=now - timedelta(days=9)) for _ in range(2))
    box = make.box(house, at=now)
    sign_in(page, staff=house.caseworker)
    page.goto(live_server.url + reverse("samples:box", args=[box.pk]))

    page.locator("[data-scan]").focus()
    for code in (first.barcode, second.barcode):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
    page.get_by_role("heading", name="2 tubes in the box").wait_for()

    assert {again(first).state, again(second).state} == {"BATCHED"}
    page.close()


@pytest.mark.slow
def test_every_page_passes_axe_on_a_desk_and_on_a_phone(browser, live_server, sign_in, axe, house):
    now = timezone.now()
    sample, waiting = make.tube(house, at=now - timedelta(days=9)), make.tube(house, at=now)
    sent = make.sent(house, sample, at=now)
    box = make.box(house, waiting, at=now)
    pages = {
        house.caseworker: ["list", "ready", "boxes", "open", "labels", "to-destroy", ("box", box.pk)],
        house.coordinator: ["swap"],
        house.technician: ["incoming", "typings", "laboratory-to-destroy", ("receipt", sent.pk)],
    }
    for staff, width in product(pages, (1360, 390)):
        context = browser.new_context(viewport={"width": width, "height": 844})
        page = context.new_page()
        sign_in(page, staff=staff)
        for each in pages[staff]:
            name, *arguments = (each,) if isinstance(each, str) else each
            page.goto(live_server.url + reverse(f"samples:{name}", args=arguments))
            axe(page)
            assert not overflows(page)
        context.close()
