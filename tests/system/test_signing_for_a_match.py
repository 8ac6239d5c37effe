"""A donor signs the final consent on the screen: every point, the sentence said back, the witness."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from consent.models import Consent
from consent.states import State
from foundation.access import Role
from registry.cases.models import MatchCase
from registry.cases.states import CaseState
from tests.factories import consent as make
from tests.factories.cases import CaseFactory
from tests.factories.foundation import BranchFactory, StaffFactory
from tests.system.test_signing_anew import draw

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("CASE_SHOTS", "")


class TestTheFinalConsent:
    def test_is_signed_on_a_small_screen(self, browser, live_server, sign_in, axe):
        county = BranchFactory()
        make.text()
        lin = StaffFactory(role=Role.COORDINATOR, branch=county, name="林海燕")
        talked = timezone.now() - timedelta(hours=25)
        case = CaseFactory(state=CaseState.WORKUP, branch=county, talked_at=talked)
        context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 900})
        page = context.new_page()
        sign_in(page, role=Role.CASEWORKER, branch=county)
        page.goto(live_server.url + reverse("cases:consent", args=[case.pk, 3]) + "?language=en")
        axe(page)

        points = page.locator("input[name^=explained_]")
        for place in range(1, points.count()):
            points.nth(place).check()
        for right in ("destroyed", "any_time", "pain", "asked"):
            page.locator(f"input[name^=teach_][value={right}]").check()
        for line in ("donation", "hospital"):
            page.locator(f"input[name=agree_{line}]").check()
            draw(page, line)
        page.get_by_label("A colleague who witnesses it").select_option(str(lin.pk))
        page.get_by_role("button", name="Record the consent").click()
        expect(page.get_by_role("alert").first).to_contain_text("Explain this too")
        expect(page.get_by_role("alert").first).to_contain_text("Read it aloud")
        axe(page)
        points.nth(0).check()
        page.get_by_label("The donor has said this back").check()
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/consent-3-390.png", full_page=True)
        page.get_by_role("button", name="Record the consent").click()

        expect(page.get_by_role("status").first).to_contain_text("It is in force for this match")
        assert MatchCase.objects.get().final_consent_at is not None
        assert Consent.objects.filter(matter=str(case.pk), state=State.ACTIVE).count() == 2
        context.close()
