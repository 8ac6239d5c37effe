"""A name goes up on the wall and comes down: Mei writes, the widow looks, Fang puts it up, a son says no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from consent import actions as consents
from foundation import vault
from foundation.access import BranchKind, Role
from notifications.links import making
from notifications.links.purposes import Purpose
from registry.families.models import WallPage
from registry.families.states import WallState
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor
from tests.on_the_wall import NAME, WORDS, WRITTEN, consented
from tests.system.reading import Reader

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = {"desk": {"width": 1360, "height": 850}, "phone": {"width": 390, "height": 844}}


class Wall:
    """The pages of the wall, as one after the other opens them in their own window."""

    def __init__(self, browser: Browser, url: str, size: str, sign_in: Any, axe: Any) -> None:
        self.browser, self.url, self.size = browser, url, size
        self.sign_in, self.axe = sign_in, axe

    def window(self, staff: Any = None) -> Page:
        """Open a window, without JavaScript on a phone, signed in or not."""
        context = self.browser.new_context(
            viewport=WIDTHS[self.size], java_script_enabled=self.size == "desk", locale="zh-CN"
        )
        page: Page = context.new_page()
        if staff is not None:
            self.sign_in(page, staff=staff)
        return page

    def look(self, page: Page) -> None:
        """Check a page; axe needs JavaScript."""
        check: Callable[[Page], None] | None = self.axe if self.size == "desk" else None
        Reader(page, language="zh-hans", check=check).look()

    def go(self, page: Page, name: str, *args: Any) -> None:
        """Open a page by its name, and look at it."""
        page.goto(self.url + reverse(name, args=args))
        self.look(page)

    def send(self, page: Page) -> None:
        """Send the one form of the page."""
        page.locator("main form[method=post] button.act, main form[method=post] button.danger").first.click()


@pytest.fixture(params=list(WIDTHS))
def wall(request: Any, browser: Browser, live_server: Any, sign_in: Any, axe: Any) -> Wall:
    return Wall(browser, live_server.url, request.param, sign_in, axe)


def test_a_name_goes_up_and_comes_down(wall: Wall) -> None:
    consents.install_first_texts(by=SETTER_UP, at=WRITTEN)
    county = BranchFactory(kind=BranchKind.PREFECTURE, name="宁波市红十字会", phone="0574-88000000")
    mei = StaffFactory(name="梅雪", role=Role.FAMILY_CARE, branch=county)
    fang = StaffFactory(name="方远", role=Role.FAMILY_CARE, branch=county)
    widow = MemberFactory(family=FamilyFactory(branch=county))
    son = MemberFactory(family=widow.family, about={"kin": "CHILD", "name": "周小明"})
    family = widow.family_id

    desk = wall.window(mei)
    wall.go(desk, "families:wall-write", family)
    desk.locator("[name=name]").fill(NAME)
    desk.locator("[name=words]").fill(WORDS)
    wall.send(desk)
    wall.look(desk)
    expect(desk.locator(".wall-name")).to_have_text(NAME)
    wall.send(desk)
    page = WallPage.objects.get()
    assert page.state == WallState.SHOWN

    at_home = wall.window()
    token = making.new_token(Purpose.WALL, widow.subject, at=timezone.now())
    wall.go(at_home, "links:open", token)
    at_home.locator("[name=last_four]").fill(str(vault.open_one(widow, "phone")["phone"])[-4:])
    wall.send(at_home)
    wall.look(at_home)
    expect(at_home.locator(".wall-name")).to_have_text(NAME)
    at_home.locator("[name=answer][value=yes]").check()
    wall.send(at_home)
    wall.look(at_home)
    consented(widow, by=actor(mei))

    other = wall.window(fang)
    wall.go(other, "families:wall")
    other.locator("main table a").first.click()
    up = reverse("families:wall-put-up", args=[page.pk])
    other.locator(f"details:has(form[action='{up}']) > summary").click()
    other.locator(f"form[action='{up}'] button").click()
    wall.look(other)

    stranger = wall.window()
    wall.go(stranger, "wall:branch", county.pk)
    expect(stranger.locator(".wall-name")).to_have_text(NAME)
    expect(stranger.locator("main a[href^='tel:']")).to_have_count(1)
    wall.go(desk, "families:wall-no", son.pk)
    wall.send(desk)
    wall.look(desk)
    wall.go(stranger, "wall:branch", county.pk)
    expect(stranger.locator(".wall-name")).to_have_count(0)


def test_the_other_pages_of_the_desk_can_be_read(wall: Wall) -> None:
    consents.install_first_texts(by=SETTER_UP, at=WRITTEN)
    county = BranchFactory(kind=BranchKind.PREFECTURE, name="宁波市红十字会")
    widow = MemberFactory(family=FamilyFactory(branch=county))
    desk = wall.window(StaffFactory(role=Role.FAMILY_CARE, branch=county))
    for name, pk in (("wall-consent", widow.pk), ("confidential", widow.family_id)):
        wall.go(desk, f"families:{name}", pk)
