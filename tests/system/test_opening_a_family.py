"""Mei enters one who gave, opens the family, prints the sheet and ticks it in: on a phone, in a browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from foundation.access import BranchKind, Role
from registry.families.models import Family
from tests.at_the_families import install_texts
from tests.factories.foundation import BranchFactory, StaffFactory
from tests.system.reading import overflows

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1360, "height": 900}
SHOTS = os.environ.get("FAMILY_SHOTS", "")


@pytest.fixture
def phone(browser: Any) -> Any:
    context = browser.new_context(locale="en-GB", viewport=PHONE)
    yield context.new_page()
    context.close()


@pytest.fixture
def look(axe: Any) -> Any:
    """Return a function that finds nothing against a page, on the phone and at the desk."""

    def check(page: Page, name: str) -> None:
        expect(page.locator("h1")).to_have_count(1)
        axe(page)
        assert not overflows(page), name
        if not SHOTS:
            return
        for size, kind in ((WIDE, "desk"), (PHONE, "phone")):
            page.set_viewport_size(size)
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{kind}.png"), full_page=True)

    return check


class Visit:
    """What Mei does, page by page."""

    def __init__(self, page: Page, home: str, look: Any) -> None:
        self.page, self.home, self.look = page, home, look

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()

    def enters_one_who_gave(self) -> None:
        page = self.page
        page.goto(self.home + reverse("families:list"))
        self.look(page, "empty")
        page.get_by_role("link", name="Enter one who gave").click()
        page.get_by_label("Name", exact=True).fill("周建国")
        page.get_by_label("Corneas").check()
        page.get_by_label("Organs").check()
        page.get_by_label("Died on").fill("20260820")
        page.get_by_label("Gave on").fill("2026-08-20")
        self.look(page, "enter")
        self.press("Enter")

    def opens_the_family(self) -> None:
        page = self.page
        expect(page.locator("h1")).to_have_text("Open a household")
        page.get_by_label("Address of the household").fill("浙江省宁波市示例路8号")
        self.look(page, "open")
        self.press("Open the household")
        page.get_by_role("link", name="Add somebody").click()
        page.get_by_label("Name", exact=True).fill("沈丽萍")
        page.get_by_label("Telephone").fill("13800138000")
        self.look(page, "member")
        self.press("Write down")
        self.look(page, "family")

    def prints_the_sheet(self) -> None:
        page = self.page
        page.get_by_role("link", name="The sheet to print").click()
        expect(page.get_by_text("这里没有非勾不可的", exact=False).first).to_be_visible()
        self.look(page, "sheet")
        with page.expect_download() as download:
            page.get_by_role("link", name="Sheet as PDF").click()
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")

    def ticks_it_in(self) -> None:
        page = self.page
        page.get_by_role("link", name="Tick in the sheet").click()
        page.get_by_label("Hundredth day (百日)").check()
        page.get_by_label("Anniversary of the death").check()
        page.get_by_label("Yes", exact=True).check()
        self.press("Write down")
        expect(page.get_by_role("alert")).to_contain_text("Solar or lunar? The family knows.")
        self.look(page, "wrong")
        page.get_by_label("Lunar", exact=True).check()
        page.get_by_label("Month and day").first.fill("5-20")
        page.get_by_label("Who ticked the sheet?").select_option("1 · Husband or wife")
        page.get_by_label("Contact by telephone").check()
        self.look(page, "wishes")
        self.press("Write down")


def test_a_first_visit(phone: Page, live_server: Any, sign_in: Any, look: Any) -> None:
    install_texts()
    city = BranchFactory(kind=BranchKind.PREFECTURE, name="宁波市红十字会", phone="0574-88000000")
    sign_in(phone, staff=StaffFactory(name="梅雪", role=Role.FAMILY_CARE, branch=city))
    mei = Visit(phone, live_server.url, look)

    mei.enters_one_who_gave()
    mei.opens_the_family()
    mei.prints_the_sheet()
    mei.ticks_it_in()

    expect(phone.get_by_text("Written down. The year is planned by it.")).to_be_visible()
    look(phone, "known")
    family = Family.objects.get()
    assert dict(family.rites.values_list("rite", "calendar")) == {"d100": "SOLAR", "anniversary": "LUNAR"}
    assert family.silent_days.count() == 1
    phone.goto(live_server.url + reverse("families:list"))
    look(phone, "list")
