"""A donor signs with the finger, later changes how to be reached; all on the screen."""

from __future__ import annotations

import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from consent.purposes import CORE, Purpose
from consent.states import State
from foundation.access import Role
from tests.factories.consent import sign, subject
from tests.factories.foundation import BranchFactory

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("CONSENT_SHOTS", "")


def draw(page, slot):
    """Draw a name with the mouse in one place to sign."""
    pad = page.locator(f"#id_signature_{slot}")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    for n in range(1, 12):
        page.mouse.move(box["x"] + 20 + n * 16, box["y"] + 40 + (n % 3) * 20, steps=3)
    page.mouse.up()


@pytest.mark.parametrize("width", [1360, 390])
class TestChangingTheWaysOfContact:
    def test_takes_a_tick_and_a_signature(self, browser, live_server, sign_in, axe, width):
        person = subject(BranchFactory())
        sign(person, given=[*CORE, Purpose.CONTACT_PHONE])
        context = browser.new_context(locale="en-GB", viewport={"width": width, "height": 900})
        page = context.new_page()
        sign_in(page, role=Role.COORDINATOR, branch=person.branch)
        page.goto(live_server.url + reverse("consent:sign_line", args=[person.pk, "contact"]))
        axe(page)

        page.get_by_label("Call me").uncheck()
        page.get_by_label("Send me text messages").check()
        page.get_by_role("button", name="Record").click()
        expect(page.get_by_role("alert")).to_contain_text("Please sign here")
        axe(page)
        draw(page, "contact")
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/sign-{width}.png", full_page=True)
        page.get_by_role("button", name="Record").click()

        expect(page.get_by_role("status").first).to_contain_text("Recorded")
        standing = {one.purpose for one in person.consents.filter(state=State.ACTIVE)}
        assert standing == {*CORE, Purpose.CONTACT_SMS}
        context.close()
