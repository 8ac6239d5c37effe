"""Scans are brought and signatures verified in a browser, at a desk and on a phone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from consent import actions, evidence
from consent.models import Consent, Text
from consent.purposes import Purpose
from consent.states import State
from foundation.access import Role
from tests.factories import consent as make
from tests.factories.consent import SIGNED_AT, jpeg, sign, subject
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("CONSENT_SHOTS", "")


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.fixture(params=[1360, 390], ids=["desk", "phone"])
def window(request, browser):
    context = browser.new_context(locale="en-GB", viewport={"width": request.param, "height": 900})
    page = context.new_page()
    page.wide = request.param
    yield page
    context.close()


@pytest.fixture
def go(window, live_server, sign_in, axe):
    """Return a function that signs somebody in, opens a page and passes it through axe."""

    def visit(role, branch, name, *args):
        sign_in(window, role=role, branch=branch)
        window.goto(live_server.url + reverse(f"consent:{name}", args=args))
        axe(window)
        return window

    return visit


@pytest.fixture
def county(db):
    return BranchFactory(name="慈溪市红十字会")


@pytest.fixture
def papers(county):
    taker = actor(StaffFactory(branch=county))
    people = [subject(county) for _ in range(3)]
    for person in people:
        sign(person, proof=evidence.paper(), by=taker)
    for person in people[:2]:
        actions.attach_scan(person, jpeg(), by=taker, at=SIGNED_AT)
    return people


class TestVerifying:
    def test_takes_twenty_on_a_page_with_a_look_at_each(self, go, county, papers):
        page = go(Role.CASEWORKER, county.parent, "verify")
        shoot(page, f"verify-{page.wide}")

        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="Verify what is ticked").click()

        expect(page.get_by_role("status")).to_contain_text("2")
        assert Consent.objects.filter(state=State.ACTIVE).count() == 12

    def test_sends_one_back(self, go, county, papers, axe):
        page = go(Role.CASEWORKER, county.parent, "verify")
        page.get_by_role("link", name="Send back").first.click()
        axe(page)
        page.get_by_label("It cannot be read").check()
        page.get_by_role("button", name="Send back").click()
        page = go(Role.CASEWORKER, county.parent, "missing")
        shoot(page, f"missing-{page.wide}")

        expect(page.locator(".tag.bad")).to_be_visible()


class TestBringingAScan:
    def test_needs_no_javascript(self, browser, live_server, sign_in, papers):
        page = browser.new_page(java_script_enabled=False, locale="en-GB")
        sign_in(page, branch=papers[0].branch, role=Role.COORDINATOR)
        page.goto(live_server.url + reverse("consent:missing"))
        page.get_by_role("link", name="Bring the scan").click()
        scan = {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
        page.get_by_label("Scan or photograph").set_input_files(scan)
        page.get_by_role("button", name="Keep the scan").click()

        expect(page.get_by_text("Every signed paper has its scan.")).to_be_visible()
        page.close()

    def test_says_what_is_wrong_with_a_file(self, go, county, papers, axe):
        page = go(Role.COORDINATOR, county, "missing")
        page.get_by_role("link", name="Bring the scan").click()
        letter = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"a letter"}
        page.get_by_label("Scan or photograph").set_input_files(letter)
        page.get_by_role("button", name="Keep the scan").click()
        axe(page)
        shoot(page, f"attach-{page.wide}")

        expect(page.get_by_role("alert")).to_contain_text("PDF, PNG or JPEG")


class TestWithdrawing:
    @pytest.mark.parametrize("purpose", [Purpose.HLA_TYPING, Purpose.CONTACT_PHONE])
    def test_is_two_clicks(self, go, county, purpose):
        one = next(consent for consent in sign(subject(county)) if consent.purpose == purpose)
        page = go(Role.COORDINATOR, county, "withdraw", one.pk)
        shoot(page, f"withdraw-{purpose.value}-{page.wide}")
        page.get_by_role("checkbox").check()
        page.locator("button.danger").click()
        page.wait_for_load_state()

        assert Consent.objects.get(pk=one.pk).state == State.WITHDRAWN


class TestThePersonsPapers:
    def test_pass_axe(self, go, county):
        person = subject(county)
        sign(person, declined=[Purpose.CONTACT_SMS])

        page = go(Role.COORDINATOR, county, "receipt", person.pk)
        shoot(page, f"receipt-{page.wide}")
        go(Role.COORDINATOR, county, "disclosures", person.pk)


class TestTheTexts:
    def test_show_a_draft_before_it_is_published(self, go, county, axe):
        sign(subject(county))
        top = county.parent.parent
        page = go(Role.REGISTRY_MANAGER, top, "texts")
        shoot(page, f"texts-{page.wide}")
        page = go(Role.REGISTRY_MANAGER, top, "text", make.text().pk)
        page.get_by_role("button", name="Begin a new version").click()
        draft = Text.objects.get(version=2)
        page = go(Role.REGISTRY_MANAGER, top, "uses", draft.pk)
        field = page.locator("[name=share_registry]")
        field.fill(field.input_value() + " show_abroad")
        page.get_by_role("button", name="Save and preview").click()
        expect(page.get_by_text("1 person")).to_be_visible()
        axe(page)
        shoot(page, f"draft-{page.wide}")
        page = go(Role.REGISTRY_MANAGER, top, "words", draft.pk, "zh-hans")
        shoot(page, f"words-{page.wide}")
        page = go(Role.REGISTRY_MANAGER, top, "paper", draft.pk, "zh-hans")
        shoot(page, f"paper-{page.wide}")
