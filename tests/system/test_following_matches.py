"""Zhou follows matches on the board and on the page of one: by keyboard, on a phone, without JavaScript."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from consent.purposes import Purpose
from foundation.access import Branch, Role, Staff
from registry.cases.models import MatchCase
from registry.cases.states import CaseState
from registry.donors.states import DonorState
from tests.factories.cases import CaseFactory, agree, ready_columns
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory
from tests.system import pictures
from tests.system.reading import overflows

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1360, "height": 900}
SHOTS = os.environ.get("CASE_SHOTS", "")
NAMES = ("王丽华", "陈晨", "欧阳娜娜", "李建国", "赵敏", "孙悦", "周小鱼")


@pytest.fixture
def look(axe: Any) -> Any:
    """Return a function that finds nothing against a page at the desk and on the phone."""

    def check(page: Page, name: str) -> None:
        for size, kind in ((WIDE, "desk"), (PHONE, "phone")):
            page.set_viewport_size(size)
            expect(page.locator("h1")).to_have_count(1)
            axe(page)
            assert not overflows(page), (name, kind)
            if name == "board":
                pictures.take(page, name)
            if SHOTS:
                page.screenshot(path=str(Path(SHOTS) / f"{name}-{kind}.png"), full_page=True)
        page.set_viewport_size(WIDE)

    return check


def days(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)


def several(branch: Branch, owner: Staff) -> dict[str, MatchCase]:
    """Return a match in each stage, the first of them overdue."""
    now = timezone.now()
    states = {
        "late": (CaseState.NOTIFIED, {"due_on": days(-4), "due_what": "CONTACT", "owner": owner}),
        "reached": (CaseState.CONTACTING, {"due_on": days(40), "owner": owner}),
        "hospital": (CaseState.TC_DECISION, {"due_on": days(2), "owner": owner}),
        "postponed": (CaseState.POSTPONED, {"due_on": days(70), "due_what": "POSTPONED"}),
        "work_up": (CaseState.WORKUP, {"due_on": days(30), "cleared_at": None, "cleared_by_id": ""}),
        "begun": (CaseState.MOBILISING, {"due_on": days(8), "due_what": "COLLECTION", "owner": owner}),
        "done": (CaseState.DONATED, {}),
    }
    made = {}
    for (key, (state, facts)), name in zip(states.items(), NAMES, strict=True):
        stands = DonorState.DONATED if state == CaseState.DONATED else DonorState.IN_CASE
        donor = DonorFactory(state=stands, branch=branch, about={"name": name})
        dated = {column: facts.pop(column) for column in ("due_on", "due_what") if column in facts}
        made[key] = CaseFactory(state=state, donor=donor, at=now, **facts)
        MatchCase.objects.filter(pk=made[key].pk).update(clock_ends_on=days(30), **dated)
    return made


def here(page: Page) -> str:
    """Return the address of the link that has the focus."""
    return str(page.evaluate("document.activeElement.getAttribute('href')"))


def of(case: MatchCase) -> str:
    return reverse("cases:detail", args=[case.pk])


def test_the_board_is_walked_by_keyboard(browser: Browser, live_server: Any, sign_in: Any, look: Any) -> None:
    county = BranchFactory(name="鄞州区红十字会")
    zhou = StaffFactory(name="周建平", role=Role.CASEWORKER, branch=county)
    cases = several(county, zhou)
    page = browser.new_context(locale="en-GB", viewport=WIDE).new_page()
    sign_in(page, staff=zhou)
    page.goto(live_server.url + reverse("cases:list"))

    look(page, "board")
    page.keyboard.press("n")
    assert here(page) == of(cases["late"])
    page.keyboard.press("j")
    assert here(page) == of(cases["reached"])
    page.keyboard.press("ArrowRight")
    assert here(page) == of(cases["hospital"])
    page.keyboard.press("k")
    assert here(page) == of(cases["hospital"])
    page.get_by_role("link", name="Waits for others").click()
    expect(page.locator("[data-card]")).to_have_count(2)
    look(page, "board-others")
    page.goto(live_server.url + reverse("cases:column", args=["typing"]))
    look(page, "column")


def test_the_next_step_is_taken_from_the_page_of_a_match(
    browser: Browser, live_server: Any, sign_in: Any, look: Any
) -> None:
    county = BranchFactory(name="鄞州区红十字会")
    manager = StaffFactory(name="徐敏", role=Role.REGISTRY_MANAGER, branch=county)
    cases = several(county, manager)
    agree(cases["work_up"], Purpose.DONATION_FINAL)
    page = browser.new_context(locale="en-GB", viewport=WIDE).new_page()
    plain = browser.new_context(locale="en-GB", viewport=WIDE, java_script_enabled=False).new_page()
    sign_in(page, staff=manager)
    sign_in(plain, staff=manager)
    page.goto(live_server.url + of(cases["work_up"]))
    expect(page.get_by_text("The medical clearance is not in force", exact=False)).to_be_visible()
    look(page, "work-up")
    MatchCase.objects.filter(pk=cases["work_up"].pk).update(**ready_columns(timezone.now()))
    plain.goto(live_server.url + of(cases["work_up"]))

    plain.get_by_role("button", name="Fix the days").click()

    expect(plain.get_by_text("Next: Conditioning begins")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Next: Conditioning begins")).to_be_visible()
    look(page, "scheduled")
    page.get_by_role("link", name="Close the match…").click()
    page.get_by_label("How did it end?").select_option("PDC")
    look(page, "close")
    page.get_by_role("button", name="Show what follows").click()
    expect(page.get_by_text("The donor goes back into search", exact=False)).to_be_visible()
    look(page, "close-follows")
    page.goto(live_server.url + reverse("cases:people", args=[cases["hospital"].pk]))
    look(page, "people")
    page.goto(live_server.url + of(cases["begun"]))
    expect(page.get_by_role("heading", name="Conditioning has begun on", exact=False)).to_be_visible()
    look(page, "red-zone")
    page.goto(live_server.url + of(cases["postponed"]))
    look(page, "postponed")
