"""Somebody opens the link of a message on an old phone: 320 pixels wide, nothing but pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from consent.purposes import Purpose as To
from notifications.links import replies
from notifications.links.purposes import Purpose
from registry.donors.models import CallKind, CallTask, ContactChoice, Donor, Withdrawal, Word
from registry.donors.states import DonorState
from tests.factories import links
from tests.factories.consent import ConsentFactory
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory
from tests.system import pictures
from tests.system.test_enrolling import shot

pytestmark = pytest.mark.django_db(transaction=True)
OLD_PHONE = {"width": 320, "height": 568}


class Hand:
    """An old phone in somebody's hand, and the links that they follow."""

    def __init__(self, page: Page, beside: Page, home: str, donor: Donor, axe: Any) -> None:
        self.page, self.beside, self.home, self.donor, self.axe = page, beside, home, donor, axe

    def follow(self, purpose: Purpose, **more: Any) -> None:
        """Open a new link."""
        self.page.goto(self.home + links.path(purpose, self.donor, at=timezone.now(), **more))

    def prove(self) -> None:
        """Type the second fact."""
        self.page.fill("[name=last_four]", links.last_four(self.donor))
        self.act()

    def act(self) -> None:
        """Press the one coloured button."""
        self.page.locator("main .button.act").click()

    def looks(self, name: str) -> None:
        """Check that nothing stands beside the screen and everybody can read it; keep a picture."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), name
        assert "王丽华" not in self.page.content()
        self.beside.context.add_cookies(self.page.context.cookies())  # type: ignore[arg-type]
        self.beside.goto(self.page.url)  # the same page in a browser in which axe can run
        self.axe(self.beside)
        shot(self.page, f"link-{name}")

    def pictured(self, name: str) -> None:
        """Keep a picture for the README, as newer screens show the page."""
        if pictures.WANTED:
            for width, height in ((1360, 900), (390, 844)):
                self.page.set_viewport_size({"width": width, "height": height})
                pictures.take(self.page, name)
            self.page.set_viewport_size(OLD_PHONE)  # type: ignore[arg-type]

    def is_done(self) -> None:
        """Check that the page says so."""
        expect(self.page.locator(".sheet.good")).to_be_visible()


@pytest.fixture
def donor() -> Donor:
    """Return somebody listed at a county with a landline, who agreed to three things."""
    branch = BranchFactory(name="鄞州区红十字会", phone="0574-88000000")
    made = DonorFactory(state=DonorState.LISTED, branch=branch, about={"name": "王丽华"})
    for purpose in (To.SHARE_REGISTRY, To.CONTACT_SMS, To.CONTACT_EMAIL):
        ConsentFactory(subject=made.subject, purpose=purpose)
    return made


@pytest.fixture
def hand(browser: Browser, live_server: Any, donor: Donor, axe: Any) -> Iterator[Hand]:
    """Return an old phone that is set to English; whose link it is reads Chinese."""
    old = browser.new_context(locale="en-GB", viewport=OLD_PHONE, java_script_enabled=False)
    new = browser.new_context(locale="en-GB", viewport=OLD_PHONE)
    yield Hand(old.new_page(), new.new_page(), live_server.url, donor, axe)
    old.close()
    new.close()


def test_a_volunteer_keeps_in_touch(hand: Hand) -> None:
    page = hand.page
    hand.follow(Purpose.CONFIRM)
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.fill("[name=last_four]", links.WRONG)
    hand.act()
    expect(page.locator(".error").first).to_be_visible()
    hand.looks("1-fact")
    hand.prove()
    hand.looks("2-confirm")
    hand.pictured("link")
    hand.act()
    hand.is_done()
    assert Donor.objects.get().contact_verified_on is not None
    hand.looks("3-confirmed")
    page.locator("form:has([name=purpose][value=ONLY_IF_MATCHED]) button").click()
    hand.looks("4-only-if-matched")
    hand.act()
    hand.is_done()
    assert Donor.objects.get().contact_choice == ContactChoice.ONLY_IF_MATCHED

    page.locator(".plain-head summary").click()
    page.locator(".plain-head [name=language][lang=en]").click()
    hand.follow(Purpose.PAUSE)
    hand.prove()
    page.locator("[name=length][value='6']").check()
    hand.looks("5-pause")
    hand.act()
    expect(page.locator("h1")).to_contain_text("You are pausing until")
    assert Donor.objects.get().state == DonorState.ON_HOLD


def test_somebody_answers(hand: Hand) -> None:
    page, room = hand.page, links.Invited()
    replies.register(replies.Replies(room.describe, room.answer))
    hand.follow(Purpose.FOLLOW_UP, matter="d7")
    hand.prove()
    page.locator("[name=wellbeing][value='2']").check()
    page.locator("[name=symptoms][value='yes']").check()
    hand.looks("6-follow-up")
    hand.act()
    hand.is_done()
    assert CallTask.objects.filter(kind=CallKind.FOLLOW_UP).exists()

    hand.follow(Purpose.REPLY, matter="qingming")
    hand.prove()
    page.locator("[name=coming][value=yes]").check()
    page.fill("[name=people]", "2")
    hand.looks("7-invitation")
    hand.act()
    hand.is_done()
    assert list(room.answers.values()) == [2]

    hand.follow(Purpose.STOP, matter="EMAIL")
    hand.looks("8-stop")
    hand.act()
    hand.is_done()


def test_a_volunteer_leaves(hand: Hand) -> None:
    page = hand.page
    hand.follow(Purpose.CONSENTS)
    hand.prove()
    hand.looks("9-consents")
    page.locator("main .list a.button").last.click()
    expect(page.locator("main .sheet.warn")).to_be_visible()
    page.locator("main .row a.button").click()
    page.locator("main .list a.button").first.click()
    expect(page.locator("main .sheet.bad")).to_be_visible()  # says first that this is leaving
    hand.looks("10-core-consent")

    hand.follow(Purpose.WITHDRAW)
    hand.prove()
    hand.looks("11-withdraw")
    page.locator("main .button.danger").click()
    expect(page.locator("main tbody tr").first).to_be_visible()
    hand.looks("12-receipt")
    assert Withdrawal.objects.get().word == Word.LINK
    page.context.clear_cookies(name=re.compile("link_pass"))
    page.reload()
    expect(page.locator("main a[href^=tel]")).to_be_visible()
    hand.looks("13-used")
