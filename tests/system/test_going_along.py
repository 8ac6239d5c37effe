"""A companion opens the day on a phone, with JavaScript and without: days, tasks, whom to ring, stopping."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from foundation.access import BranchKind, Role, named
from registry.cases import actions
from registry.cases.models import Leg
from registry.cases.states import CaseState
from tests.factories.cases import CaseFactory
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.system.reading import overflows

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def phone(browser: Any, request: pytest.FixtureRequest, axe: Any) -> Any:
    """Return a window of a phone; with JavaScript every page of it is looked at by axe too."""
    context = browser.new_context(locale="en-GB", viewport=PHONE, java_script_enabled=request.param)
    page = context.new_page()
    yield page, axe if request.param else lambda _page: None
    context.close()


@pytest.fixture
def lin() -> Any:
    """Return a companion who is named on a match in three days."""
    county = BranchFactory(name="鄞州区红十字会", phone="0574-88000000")
    lin = StaffFactory(role=Role.COMPANION, branch=county, name="林静")
    zhou = StaffFactory(role=Role.CASEWORKER, branch=county, name="周文")
    now = timezone.now()
    case = CaseFactory(
        state=CaseState.SCHEDULED,
        donor=DonorFactory(state="IN_CASE", branch=county, about={"name": "方晓雯"}),
        at=now,
        owner=zhou,
        companion=lin,
        admission_on=timezone.localdate(now) + timedelta(days=4),
        collection_hospital=BranchFactory(kind=BranchKind.HOSPITAL, name="采集医院", phone="0571-87000000"),
    )
    named.add(lin, case)
    by = actor(zhou)
    for days, task, place, words in (
        (1, True, "", "带上身份证和医保卡"),
        (3, False, "宁波站 G7504 5车12A", "一起出发"),
        (12, False, "鄞州区家中", "送到家"),
    ):
        when = now + timedelta(days=days)
        actions.add_leg(case, when=when, task=task, place=place, words=words, by=by, at=now)
    actions.keep_journey(case, insurer="某财产保险", leave_for="某某学校", by=by, at=now)
    return lin


def test_going_along(phone, live_server, sign_in, lin):
    page, axe = phone
    sign_in(page, staff=lin)
    page.goto(live_server.url + reverse("cases:accompanied"))
    assert not overflows(page)
    page.get_by_role("link", name="方**").click()

    expect(page.locator("h1")).to_have_text("方晓雯")
    expect(page.get_by_role("heading", name="To be done next")).to_be_visible()
    expect(page.get_by_role("link", name="0571-87000000")).to_be_visible()
    assert not overflows(page)
    axe(page)
    page.get_by_role("button", name="Done 带上身份证和医保卡").click()

    expect(page.get_by_role("heading", name="Where to be next")).to_be_visible()
    assert Leg.objects.get(task=True).done_at is not None
    page.get_by_role("link", name="Withdraw").click()
    expect(page.get_by_role("button", name="Withdraw now")).to_be_visible()
    assert not overflows(page)
