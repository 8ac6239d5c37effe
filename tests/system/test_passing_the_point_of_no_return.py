"""Two people confirm that conditioning begins: one at a desk, the other on a phone without JavaScript."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from consent.purposes import Purpose
from foundation.access import Role
from registry.cases.models import MatchCase
from registry.cases.states import CaseState
from tests.factories.cases import CaseFactory, agree
from tests.factories.foundation import BranchFactory, StaffFactory
from tests.system.reading import overflows

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1360, "height": 900}
SHOTS = os.environ.get("CASE_SHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_two_people_pass_it(browser: Browser, live_server: Any, sign_in: Any, axe: Any) -> None:
    county = BranchFactory(name="宁波市红十字会")
    first, second = (
        StaffFactory(name=name, role=Role.REGISTRY_MANAGER, branch=county) for name in ("周敏", "何岩")
    )
    case = CaseFactory(state=CaseState.SCHEDULED, branch=county, at=timezone.now(), last_reached_at=None)
    agree(case, Purpose.DONATION_FINAL)
    address = live_server.url + reverse("cases:condition", args=[case.pk])

    desk = browser.new_context(locale="en-GB", viewport=WIDE).new_page()
    sign_in(desk, staff=first)
    desk.goto(address)
    expect(desk.get_by_text("Nobody has spoken with the donor within the last 24 hours.")).to_be_visible()
    expect(desk.get_by_role("button", name="I confirm, and ask a second person")).to_have_count(0)
    axe(desk)
    shot(desk, "condition-missing")
    MatchCase.objects.update(last_reached_at=timezone.now())
    desk.reload()
    expect(desk.get_by_text("counts until")).to_be_visible()
    shot(desk, "condition-first")
    desk.get_by_role("button", name="I confirm, and ask a second person").click()
    expect(desk.get_by_text("until then nothing has begun")).to_be_visible()
    desk.goto(address)
    expect(desk.get_by_text("Waits for the second person")).to_be_visible()

    context = browser.new_context(locale="en-GB", viewport=PHONE, java_script_enabled=False)
    phone = context.new_page()
    sign_in(phone, staff=second)
    phone.goto(address)
    expect(phone.get_by_text("周敏 confirmed at")).to_be_visible()
    shot(phone, "condition-second-phone")
    phone.get_by_role("button", name="I confirm as the second person: conditioning begins").click()
    expect(phone.get_by_role("heading", name="Conditioning has begun on")).to_be_visible()
    assert MatchCase.objects.get().state == CaseState.CONDITIONING

    desk.set_viewport_size(PHONE)
    desk.goto(address)
    axe(desk)
    assert not overflows(desk)
