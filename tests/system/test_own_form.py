"""Volunteers fill their own form on a phone while they queue, and a coordinator confirms it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from foundation.access import Role
from registry.donors.models import Donor, MovedNote
from registry.donors.states import DonorState
from registry.drives.models import Draft, Drive
from registry.drives.states import Step
from tests.factories import consent as consents
from tests.factories import donors, own_forms
from tests.factories.drives import DriveFactory, PlaceFactory, typed
from tests.system.test_enrolling import fill, shot
from tests.windows import overflows

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def drive() -> Drive:
    """Return today's drive of a county that has a landline."""
    consents.text()
    made = DriveFactory(name="宁波卫生职业技术学院", on_date=timezone.localdate())
    made.branch.name, made.branch.phone = "鄞州区红十字会", "0574-88000000"
    made.branch.save(update_fields=["name", "phone"])
    made.place = PlaceFactory(branch=made.branch, name="学府路51号")
    made.save(update_fields=["place"])
    return made


@pytest.fixture(params=["zh-CN", "en-GB"])
def language(request: Any) -> str:
    """Return a language a phone is set to."""
    return str(request.param)


@pytest.fixture
def phone(browser: Browser, language: str) -> Iterator[Page]:
    """Return a volunteer's phone, on which nothing but pages works."""
    context = browser.new_context(locale=language, viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def start_of(drive: Drive, home: str) -> str:
    return home + reverse("own:start", args=[own_forms.mark(drive, today=timezone.localdate())])


def test_a_volunteer_fills_the_form_and_is_enrolled(  # noqa: PLR0917 - fixtures
    browser: Browser, live_server: Any, sign_in: Any, drive: Drive, phone: Page, language: str
) -> None:
    pages, steps = own_forms.told(), typed()
    phone.goto(start_of(drive, live_server.url))
    shot(phone, f"own-0-start-{language}")
    phone.locator("main .button.act").click()
    for part, fields in pages.items():
        shot(phone, f"own-{part}-{language}")
        fill(phone, fields)
        phone.locator("main .button.act").click()
    expect(phone.locator(".own-number .figure b")).to_have_text("1")
    expect(phone.locator(".own-code svg")).to_be_visible()
    shot(phone, f"own-6-number-{language}")

    context = browser.new_context(locale=language, viewport=PHONE, java_script_enabled=False)
    desk = context.new_page()
    sign_in(desk, role=Role.COORDINATOR, branch=drive.branch)
    desk.goto(f"{live_server.url}/drives/{drive.pk}/")
    shot(desk, f"own-7-board-{language}")
    desk.fill("#own-code", "1")
    desk.locator("#own-forms form [type=submit]").click()
    expect(desk.locator("[name=name]")).to_have_value(pages["document"]["name"][0])
    desk.locator("[name=seen]").check()
    shot(desk, f"own-8-document-{language}")
    desk.locator("main .button.act").click()
    for step in (Step.CONSENTS, Step.TUBE):
        fill(desk, {**steps[step], "witness": []})
        shot(desk, f"own-9-{step.value}-{language}")
        desk.locator("main .button.act").click()
    expect(desk.locator("dl.facts")).to_contain_text(steps[Step.TUBE]["barcode"][0])

    donor = Donor.objects.get()
    assert donor.state == DonorState.SAMPLED
    assert donor.samples.get().barcode == steps[Step.TUBE]["barcode"][0]
    phone.reload()
    expect(phone.locator(".own-code")).to_have_count(0)
    shot(phone, f"own-10-enrolled-{language}")
    context.close()


@pytest.mark.parametrize("language", ["zh-CN"], indirect=True)
def test_a_tablet_shows_nothing_to_the_next_person(live_server: Any, drive: Drive, phone: Page) -> None:
    phone.goto(start_of(drive, live_server.url))
    phone.locator("main .button.act").click()
    for fields in own_forms.told(name="王晓丽").values():
        fill(phone, fields)
        phone.locator("main .button.act").click()
    phone.locator("main .row .button").first.click()
    expect(phone).to_have_url(start_of(drive, live_server.url))
    for _ in range(8):
        phone.go_back()
        assert "王晓丽" not in phone.content()
        assert phone.locator(".own-code").count() == 0


def test_a_code_is_followed_by_the_camera_of_a_phone(
    browser: Browser, live_server: Any, sign_in: Any, drive: Drive
) -> None:
    draft = own_forms.handed_in(drive)
    context = browser.new_context(locale="en-GB", viewport=PHONE)
    desk = context.new_page()
    sign_in(desk, role=Role.COORDINATOR, branch=drive.branch)
    desk.goto(live_server.url + reverse("drives:own", args=[draft.pk]))
    expect(desk.locator("[name=seen]")).to_be_visible()
    context.close()


@pytest.mark.parametrize("language", ["en-GB"], indirect=True)
def test_a_new_number_is_left(live_server: Any, drive: Drive, phone: Page, language: str) -> None:
    who = donors.person()
    phone.goto(live_server.url + reverse("moved:at", args=[drive.branch_id]))
    shot(phone, f"moved-1-{language}")
    fill(phone, {"name": [who.name], "number": [who.document_number], "phone": ["15912345678"]})
    phone.locator("main .button.act").click()
    expect(phone).to_have_url(live_server.url + reverse("moved:thanks_at", args=[drive.branch_id]))
    shot(phone, f"moved-2-thanks-{language}")
    assert MovedNote.objects.count() == 1


@pytest.mark.slow
@pytest.mark.parametrize(("language", "width"), [("en-GB", 1360), ("zh-CN", 390)], indirect=["language"])
def test_every_page_is_clear(  # noqa: PLR0917 - fixtures
    browser: Browser,
    live_server: Any,
    sign_in: Any,
    axe: Callable[[Page], None],
    drive: Drive,
    language: str,
    width: int,
) -> None:
    context = browser.new_context(locale=language, viewport={"width": width, "height": 900})
    page = context.new_page()

    def look(name: str) -> None:
        shot(page, f"clear-{name}-{width}-{language}")
        axe(page)
        assert not overflows(page), name

    page.goto(start_of(drive, live_server.url))
    look("start")
    page.locator("main .button.act").click()
    for part, fields in own_forms.told().items():
        look(part)
        page.locator("main .button.act").click()
        look(f"{part}-wrong")
        fill(page, fields)
        page.locator("main .button.act").click()
    look("number")
    page.goto(live_server.url + reverse("moved:at", args=[drive.branch_id]))
    look("moved")
    page.locator("main .button.act").click()
    look("moved-wrong")
    page.goto(live_server.url + reverse("moved:thanks"))
    look("thanks")
    sign_in(page, role=Role.COORDINATOR, branch=drive.branch)
    for name, args in (
        ("drives:board", drive.pk),
        ("drives:poster", drive.pk),
        ("moved:cards", drive.branch_id),
    ):
        page.goto(live_server.url + reverse(name, args=[args]))
        look(name.replace(":", "-"))
    page.goto(live_server.url + reverse("drives:own", args=[Draft.objects.get().pk]))
    look("document-seen")
    page.locator("main .button.act").click()
    look("document-not-seen")
    context.close()
