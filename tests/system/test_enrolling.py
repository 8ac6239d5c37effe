"""A coordinator enrols a volunteer in the browser: on a phone, signing on the screen, without JavaScript."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from consent.models import Consent
from consent.states import State
from foundation.access import Role
from registry.donors.models import Donor
from registry.donors.states import DonorState
from registry.drives.actions import helpers
from registry.drives.states import Step
from tests.factories import consent as consents
from tests.factories.consent import sign
from tests.factories.donors import DonorFactory
from tests.factories.drives import DriveFactory, PlaceFactory, typed
from tests.factories.foundation import StaffFactory, actor
from tests.windows import overflows

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from registry.drives.models import Drive

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def drive() -> Drive:
    """Return today's drive."""
    consents.text()
    drive = DriveFactory(name="宁波卫生职业技术学院", on_date=timezone.localdate())
    drive.place = PlaceFactory(branch=drive.branch, name="学府路51号")
    drive.save(update_fields=["place"])
    return drive


def fill(page: Page, fields: dict[str, list[str]]) -> None:
    """Fill a step as a hand does."""
    for name, values in fields.items():
        for value in values:
            field = page.locator(f"[name='{name}']").first
            kind = field.get_attribute("type") or field.evaluate("e => e.tagName.toLowerCase()")
            if kind in {"radio", "checkbox"}:
                page.locator(
                    f"[name='{name}'][value='{value}']"
                ).first.check() if value != "on" else field.check()
            elif kind == "select":
                if field.is_visible():
                    field.select_option(value)
            elif value:
                field.fill(value)


def shot(page: Page, name: str) -> None:
    """Keep a picture, when asked to."""
    if SHOTS:
        Path(SHOTS).mkdir(exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


Look = Callable[[str], None]


@pytest.fixture(params=[(1360, "en-GB"), (390, "zh-CN")])
def screen(request: pytest.FixtureRequest, browser: Browser, sign_in: Any, drive: Drive) -> Iterator[Page]:
    """Return the page of a coordinator of the drive, on a desk and in a hand, in two languages."""
    width, language = request.param
    context = browser.new_context(locale=language, viewport={"width": width, "height": 900})
    page = context.new_page()
    sign_in(page, role=Role.COORDINATOR, branch=drive.branch)
    yield page
    context.close()


@pytest.fixture
def look(screen: Page, axe: Callable[[Page], None], request: pytest.FixtureRequest) -> Look:
    """Return a look at a page: its picture, what a reader needs, and whether it is as wide as the screen."""

    def look(name: str) -> None:
        shot(screen, f"{name}-{request.node.callspec.id}")
        axe(screen)
        assert not overflows(screen), name

    return look


def enrol_somebody(page: Page, address: str, look: Look) -> None:
    """Enrol one volunteer on paper, leaving in between, and look at every step."""
    told = typed()
    page.goto(f"{address}enrol/")
    for step, name in (
        (Step.DOCUMENT, "1-document"),
        (Step.CONTACTS, "2-contacts"),
        (Step.HEALTH, "3-health"),
    ):
        look(name)
        if step == Step.CONTACTS:
            page.locator(".button.act").click()
            look("2-contacts-wrong")
        fill(page, told[step])
        page.locator(".button.act").click()
    look("4-consents")
    fill(page, {**told[Step.CONSENTS], "witness": []})
    page.locator("form[data-enrol] .button.act").click()
    look("5-tube")
    page.locator("[name=then][value=later]").click()
    look("board-waiting")
    page.locator("ul.list a.button").first.click()
    fill(page, told[Step.TUBE])
    page.locator(".button.act").click()
    look("6-done")


@pytest.mark.slow
class TestEveryPage:
    def test_of_an_enrolment_and_of_the_day_s_end_is_clear(
        self, live_server: Any, screen: Page, look: Look, drive: Drive
    ) -> None:
        address = f"{live_server.url}/drives/{drive.pk}/"
        enrol_somebody(screen, address, look)
        screen.goto(address)
        look("board")
        screen.goto(f"{address}close/")
        look("close")
        for name in ("tubes", "papers"):
            screen.locator(f"[name={name}]").fill("1")
        screen.locator("main .button.act").click()
        screen.wait_for_url("**/slip/**")
        look("slip")

    def test_of_the_calendar_is_clear(self, live_server: Any, screen: Page, look: Look, drive: Drive) -> None:
        by = actor(StaffFactory(role=Role.COORDINATOR, branch=drive.branch))
        helpers.make(drive, name="李同学", by=by, at=timezone.now())
        for name in ("", "?by=month", "places/", "new/"):
            screen.goto(f"{live_server.url}/drives/{name}")
            look(f"calendar-{name.strip('/?=')}")
        for name in ("team/", "change/", "card/?on=2026-12-01"):
            screen.goto(f"{live_server.url}/drives/{drive.pk}/{name}")
            look(name.partition("/")[0])
        screen.goto(f"{live_server.url}/")
        look("today")


def test_works_without_javascript(browser: Browser, live_server: Any, sign_in: Any, drive: Drive) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, role=Role.COORDINATOR, branch=drive.branch)
    page.goto(f"{live_server.url}/drives/{drive.pk}/enrol/")
    for step, fields in typed().items():
        fill(page, fields)
        page.locator("form:has([name=then]) button.act, form:has(button.act) button.act").first.click()
        expect(page.locator(".summary")).to_have_count(0)
        assert step
    assert Donor.objects.get().state == DonorState.SAMPLED
    context.close()


def test_keeps_what_was_typed_before_it_is_sent(
    page: Page, live_server: Any, sign_in: Any, drive: Drive
) -> None:
    sign_in(page, role=Role.COORDINATOR, branch=drive.branch)
    page.goto(f"{live_server.url}/drives/{drive.pk}/enrol/")
    fill(page, typed()[Step.DOCUMENT])
    page.locator(".button.act").click()
    page.wait_for_url("**/contacts/")
    with page.expect_response(lambda answer: answer.status == 204):
        page.locator("[name=phone]").fill("13812340000")
    page.reload()
    expect(page.locator("[name=phone]")).to_have_value("13812340000")


def test_signing_on_the_screen_is_in_force_at_once(
    page: Page, live_server: Any, sign_in: Any, drive: Drive
) -> None:
    sign_in(page, role=Role.COORDINATOR, branch=drive.branch)
    page.goto(f"{live_server.url}/drives/{drive.pk}/enrol/")
    told = typed()
    told[Step.CONSENTS]["how"] = ["screen"]
    for step, fields in told.items():
        page.wait_for_selector(f"[name={next(iter(fields))}]")
        fill(page, {name: values for name, values in fields.items() if name != "witness"})
        if step == Step.CONSENTS:
            for canvas in page.locator("canvas").all():
                draw(page, canvas)
        page.locator("form[data-enrol] button.act").click()
    page.wait_for_url("**/done/")

    states = Consent.objects.filter(subject=Donor.objects.get().subject).values_list("purpose", "state")
    assert dict(states)["register_hpc"] == State.ACTIVE
    assert dict(states)["contact_phone"] == State.ACTIVE


def draw(page: Page, canvas: Locator) -> None:
    """Draw a name with the mouse."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for n in range(12):
        page.mouse.move(box["x"] + 20 + n * 18, box["y"] + 60 + (n % 3) * 20, steps=3)
    page.mouse.up()


def test_says_so_when_the_session_has_ended(page: Page, live_server: Any, sign_in: Any, drive: Drive) -> None:
    sign_in(page, role=Role.COORDINATOR, branch=drive.branch)
    page.goto(f"{live_server.url}/drives/{drive.pk}/enrol/")
    fill(page, typed()[Step.DOCUMENT])
    page.locator(".button.act").click()
    page.wait_for_url("**/contacts/")
    expect(page.locator("[data-signed-out]")).to_be_hidden()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.locator("[name=phone]").press_sequentially("138")
    expect(page.locator("[data-signed-out]")).to_be_visible()


CAMERA = """
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  setInterval(() => canvas.getContext("2d").fillRect(Math.random() * 64, 0, 4, 64), 40);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(25);
  let looks = 0;
  window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["code_128"]; }
    async detect() { return ++looks < 3 ? [] : [{ rawValue: "NB26CAM0001" }]; }
  };
"""


def test_the_camera_reads_the_tube_of_somebody_registered(
    browser: Browser, live_server: Any, sign_in: Any, axe: Callable[[Page], None], drive: Drive
) -> None:
    donor = DonorFactory(branch=drive.branch, state=DonorState.REGISTERED)
    sign(donor.subject, by=actor(StaffFactory(role=Role.COORDINATOR, branch=drive.branch)), at=timezone.now())
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 900})
    context.add_init_script(CAMERA)
    page = context.new_page()
    sign_in(page, role=Role.COORDINATOR, branch=drive.branch)

    page.goto(f"{live_server.url}/donors/{donor.pk}/")
    page.get_by_role("link", name="Take the tube").click()
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.get_by_label("Barcode of the tube")).to_have_value("NB26CAM0001")
    expect(page.locator(".camera video")).to_be_hidden()
    axe(page)
    page.get_by_role("button", name="Take the tube").click()

    expect(page.locator("main")).to_contain_text("The tube is noted.")
    assert Donor.objects.get().state == DonorState.SAMPLED
    context.close()
